// All SQL of price lists, as functions on a Tx of the home `catalog`.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ports/db.h"
#include "shop/pricing/price_lists.h"

namespace kontor::pricing::store {

Result<std::vector<PriceList>> lists(db::Tx& tx);
Result<std::optional<PriceList>> list(db::Tx& tx, const std::string& code);
Result<void> save_list(db::Tx& tx, const PriceList& list);
Result<bool> remove_list(db::Tx& tx, const std::string& code);
Result<void> save_prices(db::Tx& tx, const std::string& code, std::span<const ListPrice> prices);
Result<void> remove_price(db::Tx& tx, const std::string& code, OfferId offer);
Result<std::vector<ListPrice>> prices(db::Tx& tx, const PriceList& list, OfferId after, int limit);
Result<bool> has_prices(db::Tx& tx, const std::string& code);

inline constexpr std::size_t kMostOffers = 100;  // as many as a cart has lines
struct Found {
  OfferId offer;
  std::string code;
  std::int64_t minor = 0;
};
// Of at most kMostOffers, in one statement.
Result<std::vector<Found>> prices_of(db::Tx& tx, std::span<const OfferId> offers);

}  // namespace kontor::pricing::store
