// Products as the index takes them.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ports/db.h"
#include "ports/search_types.h"
#include "shop/catalog/catalog.h"

namespace kontor::search {

// Whether listings have it: it is for sale, and somebody sells it.
bool is_listed(const catalog::Product& product);
// The lowest price of each currency that it is sold in.
std::vector<search_index::Price> prices_of(std::span<const catalog::Offer> offers);
// The same for products that differ in prices, stock, stars and sales only.
std::uint64_t print_of(const catalog::Product& product);
// In the order given. Without stock; attributes are read from catalog's view.
Result<std::vector<search_index::Document>> documents_of(db::Store& store,
                                                         std::span<const catalog::Product* const> products);

}  // namespace kontor::search
