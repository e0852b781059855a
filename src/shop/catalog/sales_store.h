// All SQL of sales and of the history of prices, as functions on a Tx of the home `catalog`.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "ports/db.h"
#include "services/outbox.h"
#include "shop/catalog/sales.h"
#include "shop/catalog/timetable.h"

namespace kontor::catalog::store {

Result<void> insert_sales(db::Tx& tx, std::span<const Sale> sales);
Result<std::vector<Sale>> list_sales(db::Tx& tx, const Sales::Filter& filter);
Result<std::vector<Sale>> sales_of(db::Tx& tx, SaleId sale_or_batch);  // as of a batch: in the order of ids
Result<void> cancel_sales(db::Tx& tx, std::span<const Sale> sales, Time now);
// Of each of these offers the sales that are neither over nor cancelled; at most 50 offers.
struct OpenSale {
  OfferId offer;
  SaleSpan span;
};
Result<std::vector<OpenSale>> open_sales(db::Tx& tx, std::span<const OfferId> offers, Time now);

// Offers and their timetables, sale prices, listings, history and events, as it all is at `now`; at most 50 offers.
// Answers the products that read differently. Repeating it changes nothing.
Result<std::vector<ProductId>> retime(db::Tx& tx, std::span<const OfferId> offers, Time now);

inline constexpr Time kNever{INT64_MAX};
struct Turn {
  OfferId offer;
  Time at;
};
// The soonest first; kNever: nothing is open of it.
Result<std::vector<Turn>> next_turns(db::Tx& tx, int limit);
// Those that follow their timetable up to after `latest`: the clock was set back since.
Result<std::vector<OfferId>> turned_after(db::Tx& tx, Time latest, int limit);

Result<std::vector<Sales::Wish>> offers_below(db::Tx& tx, CategoryId category, OfferId after, int limit);
Result<std::vector<Sales::Wish>> offers_of_brand(db::Tx& tx, const std::string& brand, OfferId after, int limit);

Result<std::vector<PastPrice>> history(db::Tx& tx, OfferId offer, std::optional<Time> before, int limit);
// Of each offer: its id, its price, its list price or null; in the currency that it has.
Result<void> set_base_prices(db::Tx& tx, const std::vector<std::vector<db::Param>>& rows);
// The rows of listings show the cheapest offer of each product, which may be another now.
Result<void> list_prices(db::Tx& tx, std::span<const ProductId> products);
// What they cost is the same, what they cost before is not: adds the facts that say so.
Result<void> tell_quiet(db::Tx& tx, std::span<const ProductId> products, std::vector<services::Fact>& facts);

Result<void> prune_turns(db::Tx& tx, Time before, int limit);  // of offers with nothing open
Result<int> prune_prices(db::Tx& tx, Time before, int limit);

}  // namespace kontor::catalog::store
