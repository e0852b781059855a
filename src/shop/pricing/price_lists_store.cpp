#include "shop/pricing/price_lists_store.h"

#include "runtime/json.h"

namespace kontor::pricing::store {
namespace {

using db::Home;
using db::Query;

#define KONTOR_LIST_COLUMNS \
  "SELECT code, currency, segments, starts_at, ends_at, priority, version, created_at, updated_at FROM pricing_lists "
constexpr Query kLists{"pricing.lists", Home::kCatalog, KONTOR_LIST_COLUMNS "ORDER BY code"};
constexpr Query kList{"pricing.list", Home::kCatalog, KONTOR_LIST_COLUMNS "WHERE code = $1"};
constexpr Query kSaveList{"pricing.save_list", Home::kCatalog, R"sql(
  INSERT INTO pricing_lists (code, currency, segments, starts_at, ends_at, priority, version, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (code) DO UPDATE SET currency = excluded.currency, segments = excluded.segments,
      starts_at = excluded.starts_at, ends_at = excluded.ends_at, priority = excluded.priority,
      version = excluded.version, updated_at = excluded.updated_at)sql"};
constexpr Query kRemoveList{"pricing.remove_list", Home::kCatalog, "DELETE FROM pricing_lists WHERE code = $1"};
constexpr Query kRemovePrices{"pricing.remove_list_prices", Home::kCatalog,
                              "DELETE FROM pricing_list_prices WHERE code = $1"};
constexpr Query kSavePrice{"pricing.save_list_price", Home::kCatalog, R"sql(
  INSERT INTO pricing_list_prices (offer_id, code, price_minor) VALUES ($1, $2, $3)
  ON CONFLICT (offer_id, code) DO UPDATE SET price_minor = excluded.price_minor)sql"};
constexpr Query kRemovePrice{"pricing.remove_list_price", Home::kCatalog,
                             "DELETE FROM pricing_list_prices WHERE offer_id = $1 AND code = $2"};
constexpr Query kPrices{"pricing.list_prices", Home::kCatalog,
                        "SELECT offer_id, price_minor FROM pricing_list_prices WHERE code = $1 AND offer_id > $2 ORDER "
                        "BY offer_id LIMIT $3"};
#define KONTOR_PRICES_OF "SELECT offer_id, code, price_minor FROM pricing_list_prices WHERE offer_id IN "
constexpr Query kPricesOfFew{"pricing.prices_of_few", Home::kCatalog, KONTOR_PRICES_OF "($1, $2, $3, $4)"};
constexpr Query kPricesOf{
    "pricing.prices_of", Home::kCatalog,
    KONTOR_PRICES_OF
    "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,"
    "$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50,$51,$52,$53,$54,$55,$56,$57,$58,"
    "$59,$60,$61,$62,$63,$64,$65,$66,$67,$68,$69,$70,$71,$72,$73,$74,$75,$76,$77,$78,$79,$80,$81,$82,$83,$84,$85,$86,"
    "$87,$88,$89,$90,$91,$92,$93,$94,$95,$96,$97,$98,$99,$100)"};
constexpr std::size_t kFew = 4;

Result<std::vector<PriceList>> lists_in(const db::Rows& rows) {
  std::vector<PriceList> lists;
  for (const auto& row : rows) {
    PriceList& list = lists.emplace_back();
    list.code = row.str(0);
    const auto currency = Currency::parse(row.text(1));
    KONTOR_ASSERT(currency.has_value());
    list.currency = *currency;
    TRY(list.segments, json::read<std::vector<std::string>>(row.text(2)));
    if (const auto at = row.opt_i64(3)) list.starts = Time{*at};
    if (const auto at = row.opt_i64(4)) list.ends = Time{*at};
    list.priority = row.i64(5);
    list.version = row.i64(6);
    list.created = row.time(7);
    list.updated = row.time(8);
  }
  return lists;
}

}  // namespace

Result<std::vector<PriceList>> lists(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kLists));
  return lists_in(rows);
}

Result<std::optional<PriceList>> list(db::Tx& tx, const std::string& code) {
  TRY(const auto rows, tx.ask(kList, code));
  TRY(auto found, lists_in(rows));
  if (found.empty()) return std::optional<PriceList>();
  return std::optional<PriceList>(std::move(found.front()));
}

Result<void> save_list(db::Tx& tx, const PriceList& l) {
  const std::string segments = json::print(l.segments);
  TRY_DO(
      tx.run(kSaveList, l.code, l.currency, segments, l.starts, l.ends, l.priority, l.version, l.created, l.updated));
  return {};
}

Result<bool> remove_list(db::Tx& tx, const std::string& code) {
  TRY_DO(tx.run(kRemovePrices, code));
  TRY(const auto gone, tx.run(kRemoveList, code));
  return gone > 0;
}

Result<void> save_prices(db::Tx& tx, const std::string& code, std::span<const ListPrice> prices) {
  std::vector<std::vector<db::Param>> sets;
  for (const auto& [offer, price] : prices) sets.push_back({offer, code, price.amount_minor()});
  TRY_DO(tx.run_each(kSavePrice, sets));
  return {};
}

Result<void> remove_price(db::Tx& tx, const std::string& code, OfferId offer) {
  TRY_DO(tx.run(kRemovePrice, offer, code));
  return {};
}

Result<std::vector<ListPrice>> prices(db::Tx& tx, const PriceList& list, OfferId after, int limit) {
  TRY(const auto rows, tx.ask(kPrices, list.code, after, limit));
  std::vector<ListPrice> found;
  for (const auto& row : rows) found.push_back({row.id<OfferId>(0), Money::minor(row.i64(1), list.currency)});
  return found;
}

Result<bool> has_prices(db::Tx& tx, const std::string& code) {
  TRY(const auto rows, tx.ask(kPrices, code, OfferId{}, 1));
  return !rows.empty();
}

Result<std::vector<Found>> prices_of(db::Tx& tx, std::span<const OfferId> offers) {
  KONTOR_ASSERT(!offers.empty() && offers.size() <= kMostOffers);
  const bool few = offers.size() <= kFew;
  std::vector<db::Param> params;
  for (std::size_t i = 0; i < (few ? kFew : kMostOffers); ++i)
    params.emplace_back(offers[std::min(i, offers.size() - 1)]);
  TRY(const auto rows, tx.ask_params(few ? kPricesOfFew : kPricesOf, params));
  std::vector<Found> found;
  for (const auto& row : rows) found.push_back({row.id<OfferId>(0), row.str(1), row.i64(2)});
  return found;
}

}  // namespace kontor::pricing::store
