// Goods that move between warehouses, that come in, that are counted.
#include "shop/inventory/stock_views.h"

#include "base/card_number.h"
#include "shop/inventory/stockroom.h"

namespace kontor::inventory {
namespace {

constexpr std::size_t kMostCounts = 1000;
constexpr std::size_t kCountsAWrite = 50;  // far below 5 ms

struct TransferStock {
  WarehouseId to_warehouse_id;
  std::int64_t quantity = 0;
  std::string reason;
  std::optional<std::string> reference;
  std::optional<Time> arrives_at;

  static constexpr auto fields() {
    using V = TransferStock;
    return described(
        Field("to_warehouse_id", &V::to_warehouse_id, "Where they go"),
        Field("quantity", &V::quantity, "How many", Range{1, kMostUnits}),
        Field("reason", &V::reason, "Why, for the history", Length{1, 200},
              Format{"text without card numbers", free_of_card_numbers}),
        Field("reference", &V::reference,
              "A number of your own, such as the delivery note's: under it the transfer is made once", Length{1, 100}),
        Field("arrives_at", &V::arrives_at,
              "When they will be there, and count as incoming until received; absent: they are"));
  }
};

struct TransferView {
  StockView from;
  StockView to;

  static constexpr auto fields() {
    return described(Field("from", &TransferView::from, "Where they were"),
                     Field("to", &TransferView::to, "Where they are, or will be"));
  }
};

struct ReceiveStock {
  std::int64_t quantity = 0;
  std::optional<std::string> reason;
  std::optional<std::string> reference;

  static constexpr auto fields() {
    using V = ReceiveStock;
    return described(
        Field("quantity", &V::quantity, "How many came", Range{1, kMostUnits}),
        Field("reason", &V::reason, "Why, for the history", Length{1, 200},
              Format{"text without card numbers", free_of_card_numbers}),
        Field("reference", &V::reference,
              "A number of your own, such as the delivery note's: under it they are received once", Length{1, 100}));
  }
};

struct CountLine {
  OfferId offer_id;
  std::int64_t counted = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &CountLine::offer_id, "The offer"),
                     Field("counted", &CountLine::counted, "How many are there", Range{0, kMostUnits}));
  }
};

struct CountSheet {
  WarehouseId warehouse_id;
  std::optional<std::string> reason;
  std::vector<CountLine> items;

  static constexpr auto fields() {
    using V = CountSheet;
    return described(Field("warehouse_id", &V::warehouse_id, "Where it was counted"),
                     Field("reason", &V::reason, "For the history", Length{1, 200},
                           Format{"text without card numbers", free_of_card_numbers}),
                     Field("items", &V::items, "What was counted", Length{1, kMostCounts}));
  }
};

struct CountResult {
  OfferId offer_id;
  bool ok = false;
  std::optional<std::int64_t> believed, counted, difference, promised;
  std::optional<std::string> reason, detail;

  static constexpr auto fields() {
    using V = CountResult;
    return described(Field("offer_id", &V::offer_id, "The offer"), Field("ok", &V::ok, "Whether it holds now"),
                     Field("believed", &V::believed, "What was thought to be there"),
                     Field("counted", &V::counted, "What is there"),
                     Field("difference", &V::difference, "The movement that was made; 0: none"),
                     Field("promised", &V::promised, "Reserved and sold; more than was counted is oversold"),
                     Field("reason", &V::reason, "What was wrong"), Field("detail", &V::detail, "The same in words"));
  }
};

struct CountAnswer {
  std::vector<CountResult> items;

  static constexpr auto fields() {
    return described(Field("items", &CountAnswer::items, "One per line, in their order"));
  }
};

struct SpreadStock {
  std::int64_t slots = 1;

  static constexpr auto fields() {
    return described(Field("slots", &SpreadStock::slots, "Over how many rows the units are spread; 1: merged",
                           Range{1, kMostSlots}));
  }
};

struct SlotView {
  std::int64_t slot = 0;
  std::int64_t on_hand = 0;
  std::int64_t reserved = 0;
  std::int64_t allocated = 0;
  std::int64_t sellable = 0;

  static constexpr auto fields() {
    using V = SlotView;
    return described(Field("slot", &V::slot, "Which, from 0"), Field("on_hand", &V::on_hand, "Physically there"),
                     Field("reserved", &V::reserved, "Held by checkouts"),
                     Field("allocated", &V::allocated, "Sold and not shipped"),
                     Field("sellable", &V::sellable, "What can be sold from it"));
  }
};

struct SpreadView {
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::int64_t slots = 1;
  std::vector<SlotView> items;

  static constexpr auto fields() {
    using V = SpreadView;
    return described(Field("offer_id", &V::offer_id, "The offer"), Field("warehouse_id", &V::warehouse_id, "Where"),
                     Field("slots", &V::slots, "Over how many rows its units are spread"),
                     Field("items", &V::items, "The rows; of those beyond, what is promised leaves in its own time"));
  }
};

class StockroomHandlers {
 public:
  explicit StockroomHandlers(InventoryApiParts parts) : p_(parts) {}

  Result<TransferView> transfer(http::Call& call, const TransferStock& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto place, place_of(call));
    const Transfer wish{place.offer,   place.warehouse, in.to_warehouse_id,       in.quantity,
                        in.arrives_at, in.reason,       in.reference.value_or("")};
    TRY(const auto held, p_.inventory.held(place.offer));
    return write_act<TransferView>(
        call, p_, staff, {"inventory.transfer", place.text(), json::print(in)},
        [&](db::Tx& tx, Time now) -> Result<TransferView> {
          TRY(const auto done, Stockroom(p_.inventory).transfer(tx, wish, now));
          return TransferView{view(told_apart(done.from, held)), view(told_apart(done.to, held))};
        });
  }

  Result<StockView> receive(http::Call& call, const ReceiveStock& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto place, place_of(call));
    TRY(const bool known, p_.offers.exists(place.offer));
    if (!known) return fail(Errc::kNotFound, "catalog.no_such_offer", "There is no offer " + place.offer.text() + ".");
    const Delivery delivery{place.offer, place.warehouse, in.quantity, in.reason.value_or("received"),
                            in.reference.value_or("")};
    TRY(const auto held, p_.inventory.held(place.offer));
    return write_act<StockView>(call, p_, staff, {"inventory.receive", place.text(), json::print(in)},
                                [&](db::Tx& tx, Time now) -> Result<StockView> {
                                  TRY(const auto row, Stockroom(p_.inventory).receive(tx, delivery, now));
                                  return view(told_apart(row, held));
                                });
  }

  Result<SpreadView> spread(http::Call& call, const SpreadStock& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto place, place_of(call));
    TRY(auto held, p_.inventory.held(place.offer));
    TRY(auto done, write_act<SpreadView>(
                       call, p_, staff, {"inventory.spread", place.text(), json::print(in)},
                       [&](db::Tx& tx, Time now) -> Result<SpreadView> {
                         SpreadView out{place.offer, place.warehouse, in.slots, {}};
                         TRY(const auto rows,
                             Stockroom(p_.inventory).spread(tx, place.offer, place.warehouse, in.slots, now));
                         for (const Slot& row : rows) {
                           const auto part = std::min(held[{place.offer, place.warehouse, row.slot}], row.promised);
                           out.items.push_back({row.slot, row.on_hand, part, row.promised - part, row.sellable});
                         }
                         return out;
                       }));
    TRY_DO(p_.inventory.refresh_spread());
    return done;
  }

  Result<CountAnswer> count(const http::Call& call, const CountSheet& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY_DO(must_exist(in.warehouse_id));
    CountAnswer answer;
    for (const CountLine& line : in.items) {
      CountResult& result = answer.items.emplace_back();
      result.offer_id = line.offer_id;
      TRY(result.ok, p_.offers.exists(line.offer_id));
      if (result.ok) continue;
      result.reason = "catalog.no_such_offer";
      result.detail = "There is no such offer.";
    }
    for (std::size_t at = 0; at < in.items.size(); at += kCountsAWrite)
      TRY_DO(write_some(staff, in, std::span(answer.items).subspan(at, std::min(kCountsAWrite, in.items.size() - at)),
                        at));
    return answer;
  }

 private:
  Result<void> must_exist(WarehouseId id) const {
    TRY(const auto all, p_.inventory.warehouses());
    for (const Warehouse& warehouse : all)
      if (warehouse.id == id) return {};
    return fail(no_such_warehouse(id));
  }

  // The results of the sheet's lines from `first` on.
  Result<void> write_some(const services::Shopper& staff, const CountSheet& in, std::span<CountResult> results,
                          std::size_t first) const {
    std::vector<services::AuditEntry> entries(results.size());
    for (std::size_t at = 0; at < results.size(); ++at)
      entries[at] =
          p_.audit.entry(staff.caller(), "inventory.count", results[at].offer_id.text() + "/" + in.warehouse_id.text(),
                         "{\"counted\":" + std::to_string(in.items[first + at].counted) + "}");
    const Time now = p_.inventory.clock().now();
    return p_.inventory.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      for (std::size_t at = 0; at < results.size(); ++at) {
        if (!results[at].ok) continue;
        const CountLine& line = in.items[first + at];
        TRY(const auto done,
            Stockroom(p_.inventory)
                .count(tx, {line.offer_id, in.warehouse_id, line.counted, in.reason.value_or("counted")}, now));
        results[at].believed = done.believed;
        results[at].counted = line.counted;
        results[at].difference = done.difference();
        results[at].promised = done.row.promised;
        TRY_DO(services::Audit::record(tx, entries[at]));
      }
      return {};
    });
  }

  InventoryApiParts p_;
};

}  // namespace

void add_stockroom_routes(http::Router& router, InventoryApiParts parts) {
  using http::Call;
  const StockroomHandlers api(parts);
  router.post<TransferStock, TransferView>(
      "/admin/inventory/{offer_id}/{warehouse_id}/transfer",
      {"Moves goods to another warehouse, never what is promised here",
       {"inventory.no_such_stock", "inventory.no_such_warehouse", "inventory.below_promised",
        "inventory.same_warehouse"}},
      [api](Call& call, const TransferStock& in) { return api.transfer(call, in); });
  router.post<ReceiveStock, StockView>(
      "/admin/inventory/{offer_id}/{warehouse_id}/receive",
      {"Takes goods in; what was incoming is so much less", {"catalog.no_such_offer", "inventory.no_such_warehouse"}},
      [api](Call& call, const ReceiveStock& in) { return api.receive(call, in); });
  router.post<SpreadStock, SpreadView>(
      "/admin/inventory/{offer_id}/{warehouse_id}/slots",
      {"Spreads a hot offer's units over several rows, which checkouts take from side by side; 1 merges them",
       {"inventory.no_such_stock"}},
      [api](Call& call, const SpreadStock& in) { return api.spread(call, in); });
  router.post<CountSheet, CountAnswer>(
      "/admin/inventory/counts",
      {"Takes a count of shelves: each difference becomes a movement; a result per line",
       {"inventory.no_such_warehouse"}},
      [api](Call& call, const CountSheet& in) { return api.count(call, in); });
}

}  // namespace kontor::inventory
