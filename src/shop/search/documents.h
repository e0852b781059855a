// Products as the index takes them.
#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "ports/db.h"
#include "ports/search_types.h"
#include "shop/catalog/catalog.h"

namespace kontor::search {

// Whether listings have it: it is for sale, and somebody sells it.
bool is_listed(const catalog::Product& product);
// The lowest price of each currency that it is sold in.
std::vector<search_index::Price> prices_of(std::span<const catalog::Offer> offers);
// A number for what a category and those above it are called, in all languages: another where any name is another. It
// is kept with the index, and the same in every process.
using CategoryWords = std::unordered_map<CategoryId, std::int64_t>;
CategoryWords words_of(std::span<const catalog::Category> categories);
// The same for products that differ in prices, stock, stars and sales only, and whose category is called as it was.
std::uint64_t print_of(const catalog::Product& product, const CategoryWords& words);
// In the order given. Without stock; attributes are read from catalog's view.
Result<std::vector<search_index::Document>> documents_of(db::Store& store,
                                                         std::span<const catalog::Product* const> products);

}  // namespace kontor::search
