#include "shop/inventory/inventory_api.h"

#include <algorithm>
#include <map>
#include "base/card_number.h"

#include "services/bulk_result.h"
#include "services/idempotency.h"
#include "shop/inventory/stock_views.h"

namespace kontor::inventory {
namespace {

constexpr std::size_t kBulkRows = 1000;
constexpr std::size_t kBulkChunk = 50;  // rows a write: far below 5 ms

struct StockQuery {
  std::optional<OfferId> offer_id;
  std::int64_t limit = services::kListLimitDefault;
  std::optional<std::string> cursor;

  static constexpr auto fields() {
    using V = StockQuery;
    return described(Field("offer_id", &V::offer_id, "Only this offer, in every warehouse"),
                     Field("limit", &V::limit, "Rows a page", services::kListLimit, Default{}),
                     Field("cursor", &V::cursor, "From the page before"));
  }
};

struct SetStock {
  std::optional<std::int64_t> on_hand;
  std::optional<std::int64_t> safety_stock;
  std::optional<std::int64_t> incoming;
  std::optional<Time> incoming_at;
  std::optional<std::int64_t> low_stock_at;
  std::optional<std::string> reason;

  static constexpr auto fields() {
    using V = SetStock;
    return described(Field("on_hand", &V::on_hand, "What was counted", Range{0, kMostUnits}),
                     Field("safety_stock", &V::safety_stock, "How many to keep back", Range{0, kMostUnits}),
                     Field("incoming", &V::incoming, "How many are on their way", Range{0, kMostUnits}),
                     Field("incoming_at", &V::incoming_at, "When they come"),
                     Field("low_stock_at", &V::low_stock_at,
                           "Say stock.low when no more than this is left to sell; 0: never", Range{0, kMostUnits}),
                     Field("reason", &V::reason, "Why, for the history", Length{1, 200},
                           Format{"text without card numbers", free_of_card_numbers}));
  }
};

struct AdjustStock {
  std::int64_t delta = 0;
  std::string reason;

  static constexpr auto fields() {
    return described(
        Field("delta", &AdjustStock::delta, "How many more, or fewer, are there", Range{-kMostUnits, kMostUnits}),
        Field("reason", &AdjustStock::reason, "Why, for the history", Length{1, 200},
              Format{"text without card numbers", free_of_card_numbers}));
  }
};

struct MovementView {
  std::int64_t id = 0;
  MovementKind kind = MovementKind::kCounted;
  Time at;
  std::int64_t on_hand = 0;
  std::int64_t reserved = 0;
  std::int64_t allocated = 0;
  std::int64_t safety_stock = 0;
  std::int64_t incoming = 0;
  std::string reason;
  std::string reference;

  static constexpr auto fields() {
    using V = MovementView;
    return described(
        Field("id", &V::id, "Grows with time"), Field("kind", &V::kind, "What happened"), Field("at", &V::at, "When"),
        Field("on_hand", &V::on_hand, "Added to on_hand"),
        Field("reserved", &V::reserved, "Added to reserved; units of a checkout stand here until it is confirmed"),
        Field("allocated", &V::allocated, "Added to allocated; and here afterwards"),
        Field("safety_stock", &V::safety_stock, "Added to safety_stock"),
        Field("incoming", &V::incoming, "Added to incoming"), Field("reason", &V::reason, "Why, in words"),
        Field("reference", &V::reference, "The checkout, order or shipment behind it"));
  }
};

struct MovementQuery {
  std::int64_t limit = services::kListLimitDefault;
  std::optional<std::string> cursor;

  static constexpr auto fields() {
    return described(Field("limit", &MovementQuery::limit, "Rows a page", services::kListLimit, Default{}),
                     Field("cursor", &MovementQuery::cursor, "From the page before"));
  }
};

struct BulkRow {
  std::optional<std::string> sku;
  std::optional<std::string> external_id;
  std::string warehouse = "main";
  std::int64_t on_hand = 0;
  std::optional<std::int64_t> safety_stock;

  static constexpr auto fields() {
    using V = BulkRow;
    return described(Field("sku", &V::sku, "The offer", Length{1, 200}),
                     Field("external_id", &V::external_id, "Or the product that has one offer", Length{1, 200}),
                     Field("warehouse", &V::warehouse, "The warehouse's code", Length{1, 40}, Default{}),
                     Field("on_hand", &V::on_hand, "What was counted", Range{0, kMostUnits}),
                     Field("safety_stock", &V::safety_stock, "How many to keep back", Range{0, kMostUnits}));
  }
};

struct Bulk {
  std::vector<BulkRow> items;

  static constexpr auto fields() { return described(Field("items", &Bulk::items, "The rows", Length{1, kBulkRows})); }
};

using services::BulkAnswer;
using services::BulkResult;

class InventoryHandlers {
 public:
  explicit InventoryHandlers(InventoryApiParts parts) : p_(parts) {}

  Result<services::Page<StockView>> list(const http::Call& call, const StockQuery& query) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kWarehouse));
    services::Page<StockView> page;
    if (query.offer_id) {
      TRY(const auto rows, p_.inventory.rows(*query.offer_id));
      for (const StockRow& row : rows) page.items.push_back(view(row));
      return page;
    }
    TRY(const auto key, p_.cursors.after("admin/inventory", query.cursor, 2));
    const OfferId offer{key ? key->numbers[0] : 0};
    const WarehouseId warehouse{key ? key->numbers[1] : 0};
    TRY(const auto rows, p_.inventory.rows_after(offer, warehouse, static_cast<int>(query.limit) + 1));
    const auto shown = std::min<std::size_t>(rows.size(), static_cast<std::size_t>(query.limit));
    for (std::size_t at = 0; at < shown; ++at) page.items.push_back(view(rows[at]));
    if (rows.size() > shown)
      page.next_cursor =
          p_.cursors.make("admin/inventory", {{rows[shown - 1].offer.value, rows[shown - 1].warehouse.value}, ""});
    return page;
  }

  Result<StockView> set(http::Call& call, const SetStock& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto place, place_of(call));
    StockChange wish;
    wish.offer = place.offer;
    wish.warehouse = place.warehouse;
    wish.on_hand = in.on_hand;
    wish.safety_stock = in.safety_stock;
    wish.incoming = in.incoming;
    wish.incoming_at = in.incoming_at;
    wish.low_stock_at = in.low_stock_at;
    wish.if_match = services::if_match(call.request);
    wish.reason = in.reason.value_or("set by staff");
    TRY(const bool known, p_.offers.exists(wish.offer));
    if (!known) return fail(Errc::kNotFound, "catalog.no_such_offer", "There is no offer " + wish.offer.text() + ".");
    TRY(const auto held, p_.inventory.held(place.offer));
    return write_act<StockView>(call, p_, staff, {"inventory.set", place.text(), json::print(in)},
                                [&](db::Tx& tx, Time now) -> Result<StockView> {
                                  TRY(const auto row, p_.inventory.change(tx, wish, now));
                                  return view(told_apart(row, held));
                                });
  }

  Result<StockView> adjust(http::Call& call, const AdjustStock& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto place, place_of(call));
    TRY(const auto held, p_.inventory.held(place.offer));
    return write_act<StockView>(
        call, p_, staff, {"inventory.adjust", place.text(), json::print(in)},
        [&](db::Tx& tx, Time now) -> Result<StockView> {
          TRY(const auto row, p_.inventory.adjust(tx, {place.offer, place.warehouse, in.delta}, in.reason, now));
          return view(told_apart(row, held));
        });
  }

  Result<services::Page<MovementView>> movements(const http::Call& call, const MovementQuery& query) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto place, place_of(call));
    const std::string list = "admin/movements/" + place.offer.text() + "/" + place.warehouse.text();
    TRY(const auto key, p_.cursors.after(list, query.cursor, 1));
    TRY(const auto found, p_.inventory.movements(place.offer, place.warehouse, key ? key->numbers[0] : 0,
                                                 static_cast<int>(query.limit) + 1));
    services::Page<MovementView> page;
    const auto shown = std::min<std::size_t>(found.size(), static_cast<std::size_t>(query.limit));
    for (std::size_t at = 0; at < shown; ++at) {
      const Movement& m = found[at];
      page.items.push_back({m.id, m.kind, m.at, m.on_hand, m.reserved, m.promised - m.reserved, m.safety_stock,
                            m.incoming, m.reason, m.reference});
    }
    if (found.size() > shown) page.next_cursor = p_.cursors.make(list, services::ListKey{{found[shown - 1].id}, ""});
    return page;
  }

  Result<BulkAnswer> bulk(const http::Call& call, const Bulk& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto all, p_.inventory.warehouses());
    std::map<std::string, WarehouseId> codes;
    for (const Warehouse& warehouse : all) codes[warehouse.code] = warehouse.id;
    BulkAnswer answer = BulkAnswer::of(in.items.size());
    std::vector<std::string> skus;
    for (const BulkRow& row : in.items)
      if (row.sku && !row.external_id) skus.push_back(*row.sku);
    TRY(const auto by_sku, p_.offers.find(skus));
    std::vector<StockChange> wishes(in.items.size());
    for (std::size_t at = 0; at < in.items.size(); ++at)
      TRY_DO(resolve(in.items[at], codes, by_sku, wishes[at], answer.items[at]));
    for (std::size_t at = 0; at < wishes.size(); at += kBulkChunk) {
      const auto count = std::min(kBulkChunk, wishes.size() - at);
      TRY_DO(write_chunk(staff, std::span(wishes).subspan(at, count), std::span(answer.items).subspan(at, count)));
    }
    return answer;
  }

 private:
  // Fills the wish, or says in the result what is wrong with the row; an Error is the store's.
  Result<void> resolve(const BulkRow& row, const std::map<std::string, WarehouseId>& codes,
                       const OfferLookup::BySku& by_sku, StockChange& wish, BulkResult& result) const {
    if (row.sku.has_value() == row.external_id.has_value()) {
      result.refuse("inventory.which_offer", "Say sku or external_id, one of them.");
      return {};
    }
    const auto warehouse = codes.find(row.warehouse);
    if (warehouse == codes.end()) {
      result.refuse("inventory.no_such_warehouse", "There is no warehouse '" + row.warehouse + "'.");
      return {};
    }
    OfferLookup::Found found;
    if (row.sku) {
      if (const auto known = by_sku.find(*row.sku); known != by_sku.end()) found = known->second;
    } else {
      TRY(found, p_.offers.find_only(*row.external_id));
    }
    if (!found.offer) {
      if (found.several)
        result.refuse("catalog.ambiguous_offer", row.sku ? "Several sellers have an offer with this sku."
                                                         : "The product has several offers; name one by its sku.");
      else
        result.refuse("catalog.no_such_offer", "There is no such offer.");
      return {};
    }
    result.ok = true;
    result.offer_id = *found.offer;
    wish.offer = *found.offer;
    wish.warehouse = warehouse->second;
    wish.on_hand = row.on_hand;
    wish.safety_stock = row.safety_stock;
    wish.reason = "bulk";
    return {};
  }

  Result<void> write_chunk(const services::Shopper& staff, std::span<const StockChange> wishes,
                           std::span<BulkResult> results) const {
    std::vector<services::AuditEntry> entries(wishes.size());
    for (std::size_t at = 0; at < wishes.size(); ++at)
      if (results[at].ok)
        entries[at] =
            p_.audit.entry(staff.caller(), "inventory.set", wishes[at].offer.text() + "/" + wishes[at].warehouse.text(),
                           "{\"on_hand\":" + std::to_string(*wishes[at].on_hand) + "}");
    std::vector<StockChange> known;
    for (std::size_t at = 0; at < wishes.size(); ++at)
      if (results[at].ok) known.push_back(wishes[at]);
    if (known.empty()) return {};
    const Time now = p_.inventory.clock().now();
    return p_.inventory.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(p_.inventory.change_many(tx, known, now));
      for (std::size_t at = 0; at < wishes.size(); ++at)
        if (results[at].ok) TRY_DO(services::Audit::record(tx, entries[at]));
      return {};
    });
  }

  InventoryApiParts p_;
};

}  // namespace

void add_inventory_routes(http::Router& router, InventoryApiParts parts) {
  using http::Call;
  const InventoryHandlers api(parts);
  add_warehouse_routes(router, parts);
  add_stockroom_routes(router, parts);
  router.get<StockQuery, services::Page<StockView>>(
      "/admin/inventory", {"Stock rows, by offer and warehouse", {"request.bad_cursor"}},
      [api](Call& call, const StockQuery& query) { return api.list(call, query); });
  router.post<Bulk, BulkAnswer>("/admin/inventory/bulk",
                                {"Sets many counts by sku or external id; a result per row", {}},
                                [api](Call& call, const Bulk& in) { return api.bulk(call, in); });
  router.put<SetStock, StockView>(
      "/admin/inventory/{offer_id}/{warehouse_id}",
      {"Sets absolute figures of an offer in a warehouse",
       {"catalog.no_such_offer", "inventory.no_such_warehouse", "inventory.version_conflict"}},
      [api](Call& call, const SetStock& in) { return api.set(call, in); });
  router.post<AdjustStock, StockView>("/admin/inventory/{offer_id}/{warehouse_id}/adjust",
                                      {"Adds to on_hand, or takes away, never below what is promised",
                                       {"inventory.no_such_stock", "inventory.below_promised"}},
                                      [api](Call& call, const AdjustStock& in) { return api.adjust(call, in); });
  router.get<MovementQuery, services::Page<MovementView>>(
      "/admin/inventory/{offer_id}/{warehouse_id}/movements",
      {"What changed this stock row, newest first", {"inventory.no_such_stock", "request.bad_cursor"}},
      [api](Call& call, const MovementQuery& query) { return api.movements(call, query); });
}

}  // namespace kontor::inventory
