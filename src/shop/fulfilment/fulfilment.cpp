#include "shop/fulfilment/fulfilment.h"

#include <algorithm>
#include <limits>
#include <map>

#include "runtime/json.h"
#include "services/outbox.h"
#include "shop/fulfilment/events.h"
#include "shop/fulfilment/fulfilment_store.h"

namespace kontor::fulfilment {
namespace {

struct Items {
  std::vector<orders::ShipmentItem> items;
  static constexpr auto fields() { return described(Field("items", &Items::items, "What is in the shipment")); }
};

Result<Shipment> shipment_of(const db::Rows::Row& row) {
  Shipment shipment;
  shipment.id = row.id<ShipmentId>(0);
  shipment.order_id = row.id<OrderId>(1);
  shipment.warehouse_id = row.id<WarehouseId>(2);
  shipment.status = static_cast<ShipmentState>(row.i64(3));
  shipment.carrier = row.opt_str(4);
  shipment.tracking_number = row.opt_str(5);
  auto items = json::read<Items>(row.text(6));
  if (!items)
    return fail(Errc::kInternal, "fulfilment.damaged_items", shipment.id.text() + ": " + items.error().detail);
  shipment.items = std::move(items->items);
  shipment.created_at = row.time(7);
  shipment.updated_at = row.time(8);
  return shipment;
}

Result<std::vector<Shipment>> shipments_of(const db::Rows& rows) {
  std::vector<Shipment> shipments;
  shipments.reserve(rows.size());
  for (const auto row : rows) {
    TRY(auto shipment, shipment_of(row));
    shipments.push_back(std::move(shipment));
  }
  return shipments;
}

std::vector<inventory::Allotment> units_of(const Shipment& shipment) {
  std::vector<inventory::Allotment> units;
  units.reserve(shipment.items.size());
  for (const auto& item : shipment.items) units.push_back({item.offer_id, shipment.warehouse_id, item.quantity});
  return units;
}

Result<void> tell(db::Tx& tx, const Shipment& shipment, ShipmentState from, std::string_view event) {
  const ShipmentMoved moved{shipment.id, shipment.order_id, std::string(name_of(from)),
                            std::string(name_of(shipment.status))};
  return services::emit_text(tx, event, shipment.id.text(), json::print(moved), shipment.updated_at);
}

constexpr db::Homes kBothHomes = db::Home::kCustomer | db::Home::kStock;

}  // namespace

Result<void> Fulfilment::open(db::Tx& tx, const orders::Order& order) {
  for (const auto& shipment : order.document.shipments) {
    const std::string items = json::print(Items{shipment.items});
    TRY_DO(tx.later(kInsertShipment, nullptr, shipment.id, order.id, shipment.warehouse_id, shipment.status, items,
                    order.created));
  }
  return {};
}

Result<void> Fulfilment::take_out(db::Tx& tx, OrderId order, std::span<const orders::TakenUnits> units, Time now) {
  TRY(const auto rows, tx.ask(kShipmentsOfOrder, order));
  for (const auto row : rows) {
    TRY(auto shipment, shipment_of(row));
    const bool meant = std::any_of(units.begin(), units.end(),
                                   [&](const orders::TakenUnits& taken) { return taken.shipment_id == shipment.id; });
    if (meant) TRY_DO(take_out_of(tx, std::move(shipment), units, now));
  }
  return {};
}

// Between this and packing, one wins: both name the state they found.
Result<void> Fulfilment::take_out_of(db::Tx& tx, Shipment shipment, std::span<const orders::TakenUnits> units,
                                     Time now) {
  const ShipmentState from = shipment.status;
  const auto* step = kShipmentTable.find(from, ShipmentTrigger::kCancel);
  const bool possible = step != nullptr && step->to != from;
  if (!possible && !bugs_.cancel_what_is_packed)
    return fail(Errc::kNotCancellable, "fulfilment.already_packed",
                "A shipment of the order is " + std::string(name_of(from)) + " already.");
  auto items = shipment.items;
  for (const auto& taken : units)
    for (auto& item : items)
      if (taken.shipment_id == shipment.id && taken.offer_id == item.offer_id) item.quantity -= taken.quantity;
  for (const auto& item : items) KONTOR_ASSERT(item.quantity >= 0);
  std::erase_if(items, [](const orders::ShipmentItem& item) { return item.quantity == 0; });
  shipment.updated_at = now;
  std::int64_t changed = 0;
  if (items.empty()) {
    shipment.status = ShipmentState::kCancelled;
    TRY(changed, tx.run(kMoveShipment, shipment.id, from, shipment.status, db::Null{}, db::Null{}, 0, now));
  } else {
    shipment.items = std::move(items);
    TRY(changed, tx.run(kChangeItems, shipment.id, from, json::print(Items{shipment.items}), now));
  }
  if (changed == 0) return fail(Errc::kConflict, "fulfilment.moved", "The shipment has changed in the meantime.");
  return shipment.status == from ? Result<void>() : tell(tx, shipment, from, kShipmentCancelled);
}

Result<Shipment> Fulfilment::move_in(db::Tx& tx, ShipmentId id, ShipmentTrigger on, const MoveDetails& details) {
  TRY(const auto rows, tx.ask(kFindShipment, id));
  if (rows.empty()) return fail(Errc::kNotFound, "fulfilment.no_such_shipment", "There is no such shipment.");
  TRY(auto shipment, shipment_of(rows.front()));
  const auto* step = kShipmentTable.find(shipment.status, on);
  if (step == nullptr)
    return fail(transition_refused(kShipmentTable, shipment.status, wanted(on), "fulfilment.invalid_transition"));
  const Time now = clock_.now();
  const bool together = store_.together(kBothHomes);
  const bool stock_due = step->to == ShipmentState::kShipped && !together;
  TRY(const auto moved,
      tx.run(kMoveShipment, id, shipment.status, step->to, details.carrier, details.tracking_number, stock_due, now));
  if (moved == 0) return fail(Errc::kConflict, "fulfilment.moved", "The shipment has changed in the meantime.");
  const auto from = std::exchange(shipment.status, step->to);
  if (details.carrier) shipment.carrier = details.carrier;
  if (details.tracking_number) shipment.tracking_number = details.tracking_number;
  shipment.updated_at = now;
  TRY_DO(orders_.shipment_changed(tx, shipment.order_id,
                                  {id, shipment.status, details.carrier, details.tracking_number}, details.by));
  TRY_DO(tell(tx, shipment, from, step->emits));
  if (step->to == ShipmentState::kShipped && together) {
    TRY(const auto order, orders_.load(tx, shipment.order_id));
    TRY_DO(inventory_.ship(tx, units_of(shipment), id.text(), now, order.reservation));
  }
  return shipment;
}

Result<Shipment> Fulfilment::move(ShipmentId id, ShipmentTrigger on, const MoveDetails& details,
                                  const MovedFunction& also) {
  Shipment shipment;
  const db::Homes homes = store_.together(kBothHomes) ? kBothHomes : db::Homes(db::Home::kCustomer);
  TRY_DO(store_.write(homes, [&](db::Tx& tx) -> Result<void> {
    TRY(shipment, move_in(tx, id, on, details));
    return also ? also(tx, shipment) : Result<void>();
  }));
  if (shipment.status == ShipmentState::kShipped && !store_.together(kBothHomes)) TRY_DO(settle_stock(shipment));
  return shipment;
}

Result<void> Fulfilment::settle_stock(const Shipment& shipment) {
  TRY(const auto order, orders_.find(shipment.order_id));
  const CheckoutId key = order ? order->reservation : CheckoutId{};
  TRY_DO(store_.write(db::Home::kStock, [&](db::Tx& tx) {
    return inventory_.ship(tx, units_of(shipment), shipment.id.text(), clock_.now(), key);
  }));
  return store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kStockSettled, shipment.id));
    return {};
  });
}

Result<int> Fulfilment::sweep(int limit) {
  std::vector<Shipment> due;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kStockDue, limit));
    TRY(due, shipments_of(rows));
    return {};
  }));
  int settled = 0;
  for (const auto& shipment : due)
    if (settle_stock(shipment)) ++settled;
  return settled;
}

Result<std::vector<Shipment>> Fulfilment::of_order(OrderId order) {
  std::vector<Shipment> shipments;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kShipmentsOfOrder, order));
    TRY(shipments, shipments_of(rows));
    return {};
  }));
  return shipments;
}

Result<std::vector<Shipment>> Fulfilment::list(ShipmentId before, int limit) {
  std::vector<Shipment> shipments;
  const std::int64_t from = before ? before.value : std::numeric_limits<std::int64_t>::max();
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kShipmentsBefore, from, limit));
    TRY(shipments, shipments_of(rows));
    return {};
  }));
  return shipments;
}

Result<void> Fulfilment::each(const std::function<void(const Shipment&)>& visit) {
  ShipmentId last;
  while (true) {
    std::vector<Shipment> some;
    TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY(const auto rows, tx.ask(kShipmentsAfter, last));
      TRY(some, shipments_of(rows));
      return {};
    }));
    if (some.empty()) return {};
    for (const auto& shipment : some) visit(shipment);
    last = some.back().id;
  }
}

Result<void> Fulfilment::check(services::CheckReport& report) {
  std::map<std::int64_t, ShipmentState> shown;
  TRY_DO(orders_.each([&](const orders::Order& order) {
    for (const auto& shipment : order.document.shipments) shown[shipment.id.value] = shipment.status;
  }));
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> waiting;  // offer, warehouse → units sold and not sent
  std::int64_t count = 0;
  TRY_DO(each([&](const Shipment& shipment) {
    ++count;
    const auto found = shown.find(shipment.id.value);
    if (found == shown.end() || found->second != shipment.status)
      report.fail("fulfilment.shipments_as_shown", shipment.id.text() + ": the order shows another state");
    if (found != shown.end()) shown.erase(found);
    if (shipment.status == ShipmentState::kPending || shipment.status == ShipmentState::kPicked ||
        shipment.status == ShipmentState::kPacked)
      for (const auto& item : shipment.items)
        waiting[{item.offer_id.value, shipment.warehouse_id.value}] += item.quantity;
  }));
  for (const auto& [id, state] : shown) report.fail("fulfilment.every_shipment_is_there", ShipmentId{id}.text());
  OfferId offer;
  WarehouseId warehouse;
  while (true) {
    TRY(const auto rows, inventory_.rows_after(offer, warehouse, 500));
    if (rows.empty()) break;
    for (const auto& row : rows) {
      const auto found = waiting.find({row.offer.value, row.warehouse.value});
      const std::int64_t units = found == waiting.end() ? 0 : found->second;
      if (units != row.allocated)
        report.fail("fulfilment.allocated_is_unsent", row.offer.text() + " in " + row.warehouse.text() +
                                                          ": allocated " + std::to_string(row.allocated) +
                                                          ", orders wait for " + std::to_string(units));
      if (found != waiting.end()) waiting.erase(found);
    }
    offer = rows.back().offer;
    warehouse = rows.back().warehouse;
  }
  for (const auto& [key, units] : waiting)
    report.fail("fulfilment.allocated_is_unsent",
                OfferId{key.first}.text() + ": no stock row, orders wait for " + std::to_string(units));
  report.looked_at("shipments", count);
  return {};
}

}  // namespace kontor::fulfilment
