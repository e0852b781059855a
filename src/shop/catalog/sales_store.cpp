#include "shop/catalog/sales_store.h"

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "services/outbox.h"
#include "shop/catalog/catalog_store.h"
#include "shop/catalog/events.h"

namespace kontor::catalog::store {
namespace {

using db::Home;
using Sets = std::vector<std::vector<db::Param>>;

constexpr std::int64_t kWindowMs = 30 * kDayMs;  // of the prior price (Directive 98/6/EC, Article 6a)

#define KONTOR_SALE_COLUMNS                                                                                    \
  "SELECT id, batch_id, offer_id, price_minor, currency, starts_at, ends_at, label, created_at, cancelled_at " \
  "FROM catalog_sales "
constexpr db::Query kInsertSale{"catalog.insert_sale", Home::kCatalog, R"sql(
  INSERT INTO catalog_sales (id, batch_id, offer_id, price_minor, currency, starts_at, ends_at, label, created_at,
      cancelled_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL))sql"};
constexpr db::Query kNewestSales{"catalog.newest_sales", Home::kCatalog,
                                 KONTOR_SALE_COLUMNS "WHERE id < $1 ORDER BY id DESC LIMIT $2"};
constexpr db::Query kSalesOfOffer{"catalog.sales_of_offer", Home::kCatalog,
                                  KONTOR_SALE_COLUMNS "WHERE offer_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"};
constexpr db::Query kSalesOfBatch{"catalog.sales_of_batch", Home::kCatalog,
                                  KONTOR_SALE_COLUMNS "WHERE batch_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"};
constexpr db::Query kSaleById{"catalog.sale_by_id", Home::kCatalog, KONTOR_SALE_COLUMNS "WHERE id = $1"};
constexpr db::Query kBatch{"catalog.sale_batch", Home::kCatalog, KONTOR_SALE_COLUMNS "WHERE batch_id = $1 ORDER BY id"};
constexpr db::Query kCancelSale{"catalog.cancel_sale", Home::kCatalog,
                                "UPDATE catalog_sales SET cancelled_at = $2 WHERE id = $1 AND cancelled_at IS NULL"};
#define KONTOR_OPEN_SALES "SELECT offer_id, starts_at, ends_at, price_minor FROM catalog_sales "
constexpr db::Query kOpenSales{"catalog.open_sales", Home::kCatalog,
                               KONTOR_OPEN_SALES
                               "WHERE ends_at > $51 AND cancelled_at IS NULL AND offer_id IN (" KONTOR_CATALOG_IN50
                               ") ORDER BY offer_id, starts_at, id"};
constexpr db::Query kOpenSalesOfOne{
    "catalog.open_sales_of_one", Home::kCatalog,
    KONTOR_OPEN_SALES "WHERE ends_at > $2 AND cancelled_at IS NULL AND offer_id = $1 ORDER BY starts_at, id"};
constexpr db::Query kSetSale{"catalog.set_sale", Home::kCatalog,
                             "UPDATE catalog_offers SET sale_minor = $2, sales = $3 WHERE id = $1"};
constexpr db::Query kSetTurn{"catalog.set_turn", Home::kCatalog, R"sql(
  INSERT INTO catalog_turns (offer_id, turns_at, turned_at) VALUES ($1, $2, $3)
  ON CONFLICT (offer_id) DO UPDATE SET turns_at = excluded.turns_at, turned_at = excluded.turned_at)sql"};
constexpr db::Query kDropTurn{"catalog.drop_turn", Home::kCatalog, "DELETE FROM catalog_turns WHERE offer_id = $1"};
#define KONTOR_TURNED "SELECT offer_id, turned_at FROM catalog_turns WHERE offer_id "
constexpr db::Query kTurned{"catalog.turned", Home::kCatalog, KONTOR_TURNED "IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kTurnedOne{"catalog.turned_one", Home::kCatalog, KONTOR_TURNED "= $1"};
constexpr db::Query kPruneTurns{"catalog.prune_turns", Home::kCatalog, R"sql(
  DELETE FROM catalog_turns WHERE offer_id IN (
      SELECT offer_id FROM catalog_turns WHERE turns_at = $1 AND turned_at < $2 LIMIT $3))sql"};
constexpr db::Query kNextTurns{"catalog.next_turns", Home::kCatalog,
                               "SELECT offer_id, turns_at FROM catalog_turns ORDER BY turns_at LIMIT $1"};
constexpr db::Query kTurnedAfter{"catalog.turned_after", Home::kCatalog,
                                 "SELECT offer_id FROM catalog_turns WHERE turned_at > $1 ORDER BY turned_at LIMIT $2"};
constexpr db::Query kPriceListing{
    "catalog.price_listing", Home::kCatalog,
    "UPDATE catalog_listing SET price_min = $3, list_price = $4 WHERE currency = $1 AND product_id = $2"};
constexpr db::Query kSetBasePrice{"catalog.set_base_price", Home::kCatalog, R"sql(
  UPDATE catalog_offers SET price_minor = $2, list_price_minor = $3, version = version + 1 WHERE id = $1)sql"};
constexpr db::Query kVersions{"catalog.product_versions", Home::kCatalog,
                              "SELECT id, version FROM catalog_products WHERE id IN (" KONTOR_CATALOG_IN50 ")"};
// Two changes within a millisecond are one.
constexpr db::Query kNotePrice{"catalog.note_price", Home::kCatalog, R"sql(
  INSERT INTO catalog_price_history (offer_id, changed_at, price_minor, previous_minor, currency)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (offer_id, changed_at) DO UPDATE SET price_minor = excluded.price_minor)sql"};
// A price that ended within the window was charged within it, however long before it had begun.
constexpr db::Query kNoteLowest{"catalog.note_lowest", Home::kCatalog, R"sql(
  UPDATE catalog_offers SET lowest_minor = (
      SELECT MIN(h.previous_minor) FROM catalog_price_history AS h
       WHERE h.offer_id = $1 AND h.changed_at > $2 AND h.currency = catalog_offers.currency)
   WHERE id = $1)sql"};
constexpr db::Query kHistory{"catalog.price_history", Home::kCatalog, R"sql(
  SELECT changed_at, price_minor, previous_minor, currency
  FROM catalog_price_history
  WHERE offer_id = $1 AND changed_at < $2 ORDER BY changed_at DESC LIMIT $3)sql"};
constexpr db::Query kPruneHistory{"catalog.prune_price_history", Home::kCatalog, R"sql(
  DELETE FROM catalog_price_history WHERE (offer_id, changed_at) IN (
      SELECT offer_id, changed_at FROM catalog_price_history WHERE changed_at < $1 ORDER BY changed_at LIMIT $2))sql"};
constexpr db::Query kPruneSales{
    "catalog.prune_sales", Home::kCatalog,
    "DELETE FROM catalog_sales WHERE id IN (SELECT id FROM catalog_sales WHERE ends_at < $1 LIMIT $2)"};
constexpr db::Query kOffersBelow{"catalog.offers_below", Home::kCatalog, R"sql(
  SELECT o.id, o.price_minor, o.currency
  FROM catalog_category_tree AS t
  JOIN catalog_products AS p ON p.category_id = t.category_id
  JOIN catalog_offers AS o ON o.product_id = p.id
  WHERE t.ancestor_id = $1 AND o.active = 1 AND p.status = 1 AND o.id > $2 ORDER BY o.id LIMIT $3)sql"};
constexpr db::Query kOffersOfBrand{"catalog.offers_of_brand", Home::kCatalog, R"sql(
  SELECT DISTINCT o.id, o.price_minor, o.currency
  FROM catalog_listing AS l JOIN catalog_offers AS o ON o.product_id = l.product_id
  WHERE l.brand_fold = $1 AND o.active = 1 AND o.id > $2 ORDER BY o.id LIMIT $3)sql"};

std::vector<Sale> sales_in(const db::Rows& rows) {
  std::vector<Sale> sales;
  sales.reserve(rows.size());
  for (const auto& row : rows) {
    Sale& sale = sales.emplace_back();
    sale.id = row.id<SaleId>(0);
    sale.batch = row.id<SaleId>(1);
    sale.offer = row.id<OfferId>(2);
    sale.price = Money::minor(row.i64(3), currency_of(row.text(4)));
    sale.starts = row.time(5);
    sale.ends = row.time(6);
    sale.label = row.str(7);
    sale.created = row.time(8);
    if (const auto at = row.opt_i64(9)) sale.cancelled = Time{*at};
  }
  return sales;
}

std::vector<Sales::Wish> prices_in(const db::Rows& rows) {
  std::vector<Sales::Wish> found;
  found.reserve(rows.size());
  for (const auto& row : rows)
    found.push_back({row.id<OfferId>(0), Money::minor(row.i64(1), currency_of(row.text(2)))});
  return found;
}

// Turns some offers to what their sales say at one moment.
class Retiming {
 public:
  Retiming(db::Tx& tx, std::span<const OfferId> ids, Time now) : tx_(tx), ids_(ids), now_(now) {}

  Result<std::vector<ProductId>> run() {
    TRY_DO(keep_up());
    TRY(std::vector<Offer> offers, store::offers(tx_, ids_));
    TRY(const auto open, open_sales(tx_, ids_, now_));
    for (Offer& offer : offers) decide(offer, open);
    // What was removed has nothing to turn any more.
    for (const OfferId id : ids_)
      if (std::none_of(offers.begin(), offers.end(), [&](const Offer& o) { return o.id == id; })) gone_.push_back({id});
    TRY_DO(write());
    return products_;
  }

 private:
  // Who waited for the writer, or has a clock that is behind, does not turn back what another has turned.
  Result<void> keep_up() {
    const std::vector<db::Param> params(ids_.begin(), ids_.end());
    Time latest = now_;
    TRY_DO(ask_in(tx_, {kTurned, nullptr, &kTurnedOne}, params, [&](const db::Rows::Row& row) -> Result<void> {
      const Time turned = row.time(1);
      if (turned > latest && turned <= now_.plus_ms(Sales::kClockMayDifferMs)) latest = turned;
      return {};
    }));
    now_ = latest;
    return {};
  }

  void decide(Offer& offer, const std::vector<OpenSale>& open) {
    Timetable spans;
    for (const OpenSale& sale : open)
      if (sale.offer == offer.id) spans.push_back(sale.span);
    const Currency currency = offer.price.currency();
    const auto runs = sale_at(spans, now_);
    const std::string& text = texts_.emplace_back(print_timetable(spans));
    turns_.push_back({offer.id, next_turn(spans, now_).value_or(kNever), now_});
    const Money before = offer.now();
    const auto sale_before = offer.sale_price;
    offer.sale_price = runs ? std::optional<Money>(Money::minor(*runs, currency)) : std::nullopt;
    if (sale_before != offer.sale_price || offer.timetable != text) sales_.push_back({offer.id, db::Param(runs), text});
    if (sale_before == offer.sale_price) return;
    add(products_, offer.product);
    if (offer.now() != before) {
      prices_.push_back({offer.id, offer.now(), before});
      facts_.push_back(
          services::fact(OfferPriceChanged{offer.id, offer.product, offer.now(), before}, offer.id.text()));
    } else {
      add(quiet_, offer.product);
    }
  }

  static void add(std::vector<ProductId>& to, ProductId id) {
    if (std::find(to.begin(), to.end(), id) == to.end()) to.push_back(id);
  }

  Result<void> write() {
    const std::pair<const db::Query*, const Sets*> tables[] = {
        {&kSetSale, &sales_}, {&kSetTurn, &turns_}, {&kDropTurn, &gone_}};
    for (const auto& [query, sets] : tables)
      if (!sets->empty()) TRY_DO(tx_.run_each(*query, *sets));
    if (products_.empty()) return {};
    TRY_DO(note_prices(tx_, prices_, now_));
    TRY_DO(list_prices(tx_, products_));
    TRY_DO(tell_quiet(tx_, quiet_, facts_));
    return services::emit_all(tx_, facts_, now_);
  }

  db::Tx& tx_;
  std::span<const OfferId> ids_;
  Time now_;
  std::deque<std::string> texts_;
  Sets sales_, turns_, gone_;
  std::vector<PriceChange> prices_;
  std::vector<ProductId> products_, quiet_;
  std::vector<services::Fact> facts_;
};

}  // namespace

Result<void> set_base_prices(db::Tx& tx, const std::vector<std::vector<db::Param>>& rows) {
  return tx.run_each(kSetBasePrice, rows).map([](const auto&) {});
}

Result<void> list_prices(db::Tx& tx, std::span<const ProductId> products) {
  TRY(const std::vector<Offer> all, offers_of(tx, products));
  std::unordered_map<ProductId, std::vector<Offer>> by_product;
  for (const Offer& offer : all) by_product[offer.product].push_back(offer);
  Sets sets;
  std::deque<std::string> codes;
  for (const ProductId product : products) {
    for (const auto& [currency, offer] : cheapest_of(by_product[product])) {
      const auto compared = offer->compared();
      sets.push_back({codes.emplace_back(currency.code()), product, offer->now().amount_minor(),
                      compared ? db::Param(compared->amount_minor()) : db::Param(db::Null{})});
    }
  }
  if (!sets.empty()) TRY_DO(tx.run_each(kPriceListing, sets));
  return {};
}

Result<void> tell_quiet(db::Tx& tx, std::span<const ProductId> products, std::vector<services::Fact>& facts) {
  if (products.empty()) return {};
  const std::vector<db::Param> params(products.begin(), products.end());
  std::unordered_set<ProductId> told;  // a group of parameters repeats its last one
  return ask_in(tx, {kVersions}, params, [&](const db::Rows::Row& row) -> Result<void> {
    const auto id = row.id<ProductId>(0);
    if (told.insert(id).second) facts.push_back(services::fact(ProductChanged{id, row.i64(1)}, id.text()));
    return {};
  });
}

Result<void> note_prices(db::Tx& tx, std::span<const PriceChange> changes, Time now) {
  if (changes.empty()) return {};
  Sets rows, lowest;
  std::deque<std::string> codes;
  for (const auto& [offer, price, previous] : changes) {
    // In another currency nothing is comparable: the history begins anew.
    const bool same = price.currency() == previous.currency();
    rows.push_back({offer, now, price.amount_minor(), (same ? previous : price).amount_minor(),
                    codes.emplace_back(price.currency().code())});
    lowest.push_back({offer, now.plus_ms(-kWindowMs)});
  }
  TRY_DO(tx.run_each(kNotePrice, rows));
  TRY_DO(tx.run_each(kNoteLowest, lowest));
  return {};
}

Result<void> insert_sales(db::Tx& tx, std::span<const Sale> sales) {
  Sets sets;
  std::deque<std::string> codes;
  for (const Sale& s : sales)
    sets.push_back({s.id, s.batch, s.offer, s.price.amount_minor(), codes.emplace_back(s.price.currency().code()),
                    s.starts, s.ends, s.label, s.created});
  TRY_DO(tx.run_each(kInsertSale, sets));
  return {};
}

Result<std::vector<Sale>> list_sales(db::Tx& tx, const Sales::Filter& filter) {
  const SaleId before = filter.before ? filter.before : SaleId{INT64_MAX};
  if (filter.offer) {
    TRY(const auto rows, tx.ask(kSalesOfOffer, filter.offer, before, filter.limit));
    return sales_in(rows);
  }
  if (filter.batch) {
    TRY(const auto rows, tx.ask(kSalesOfBatch, filter.batch, before, filter.limit));
    return sales_in(rows);
  }
  TRY(const auto rows, tx.ask(kNewestSales, before, filter.limit));
  return sales_in(rows);
}

Result<std::vector<Sale>> sales_of(db::Tx& tx, SaleId sale_or_batch) {
  TRY(const auto one, tx.ask(kSaleById, sale_or_batch));
  if (!one.empty()) return sales_in(one);
  TRY(const auto batch, tx.ask(kBatch, sale_or_batch));
  return sales_in(batch);
}

Result<void> cancel_sales(db::Tx& tx, std::span<const Sale> sales, Time now) {
  Sets sets;
  for (const Sale& sale : sales) sets.push_back({sale.id, now});
  TRY_DO(tx.run_each(kCancelSale, sets));
  return {};
}

Result<std::vector<OpenSale>> open_sales(db::Tx& tx, std::span<const OfferId> offers, Time now) {
  KONTOR_ASSERT(!offers.empty() && offers.size() <= kInCount);
  const bool one = offers.size() == 1;
  std::vector<db::Param> params;
  for (std::size_t i = 0; i < (one ? 1 : kInCount); ++i) params.emplace_back(offers[std::min(i, offers.size() - 1)]);
  params.emplace_back(now);
  TRY(const auto rows, tx.ask_params(one ? kOpenSalesOfOne : kOpenSales, params));
  std::vector<OpenSale> open;
  for (const auto& row : rows) open.push_back({row.id<OfferId>(0), {row.time(1), row.time(2), row.i64(3)}});
  return open;
}

Result<std::vector<ProductId>> retime(db::Tx& tx, std::span<const OfferId> offers, Time now) {
  return Retiming(tx, offers, now).run();
}

Result<std::vector<Turn>> next_turns(db::Tx& tx, int limit) {
  TRY(const auto rows, tx.ask(kNextTurns, limit));
  std::vector<Turn> turns;
  for (const auto& row : rows) turns.push_back({row.id<OfferId>(0), row.time(1)});
  return turns;
}

Result<std::vector<OfferId>> turned_after(db::Tx& tx, Time latest, int limit) {
  TRY(const auto rows, tx.ask(kTurnedAfter, latest, limit));
  std::vector<OfferId> offers;
  for (const auto& row : rows) offers.push_back(row.id<OfferId>(0));
  return offers;
}

Result<std::vector<Sales::Wish>> offers_below(db::Tx& tx, CategoryId category, OfferId after, int limit) {
  TRY(const auto rows, tx.ask(kOffersBelow, category, after, limit));
  return prices_in(rows);
}

Result<std::vector<Sales::Wish>> offers_of_brand(db::Tx& tx, const std::string& brand, OfferId after, int limit) {
  TRY(const auto rows, tx.ask(kOffersOfBrand, brand, after, limit));
  return prices_in(rows);
}

Result<std::vector<PastPrice>> history(db::Tx& tx, OfferId offer, std::optional<Time> before, int limit) {
  TRY(const auto rows, tx.ask(kHistory, offer, before.value_or(Time{INT64_MAX}), limit));
  std::vector<PastPrice> found;
  for (const auto& row : rows) {
    const Currency currency = currency_of(row.text(3));
    found.push_back({row.time(0), Money::minor(row.i64(1), currency), Money::minor(row.i64(2), currency)});
  }
  return found;
}

Result<void> prune_turns(db::Tx& tx, Time before, int limit) {
  TRY_DO(tx.run(kPruneTurns, kNever, before, limit));
  return {};
}

Result<int> prune_prices(db::Tx& tx, Time before, int limit) {
  TRY(const auto prices, tx.run(kPruneHistory, before, limit));
  TRY(const auto sales, tx.run(kPruneSales, before, limit));
  return static_cast<int>(prices + sales);
}

}  // namespace kontor::catalog::store
