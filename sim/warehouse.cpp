#include "sim/warehouse.h"

#include <map>

namespace kontor::sim {
namespace {

using fulfilment::ShipmentState;
using fulfilment::ShipmentTrigger;

std::optional<ShipmentTrigger> next_move(ShipmentState state) {
  switch (state) {
    case ShipmentState::kPending:
      return ShipmentTrigger::kPick;
    case ShipmentState::kPicked:
      return ShipmentTrigger::kPack;
    case ShipmentState::kPacked:
      return ShipmentTrigger::kShip;
    case ShipmentState::kShipped:
      return ShipmentTrigger::kDeliver;
    default:
      return std::nullopt;
  }
}

// A box is closed over what lies on the shelf, and not over what lies in other boxes already. While shelves are still
// being counted none is closed.
bool is_there(Process& process, const fulfilment::Shipment& shipment) {
  const World& world = process.world();
  if (!world.scenario.oversells && world.scenario.backorder == 0) return true;
  if (world.scenario.oversells && world.stockroom.left > 0) return false;
  std::map<OfferId, std::int64_t> boxed;
  const auto all = process.shop().fulfilment.list({}, 1000);
  if (!all) return false;
  for (const auto& other : *all)
    if (other.status == ShipmentState::kPacked && other.warehouse_id == shipment.warehouse_id)
      for (const auto& item : other.items) boxed[item.offer_id] += item.quantity;
  for (const auto& item : shipment.items) {
    const auto rows = process.shop().inventory.rows(item.offer_id);
    if (!rows) return false;
    for (const auto& row : *rows)
      if (row.warehouse == shipment.warehouse_id && row.on_hand - boxed[item.offer_id] < item.quantity) return false;
  }
  return true;
}

// Of some orders that have left, finance gives a cent back. False: to be tried again.
bool given_back(Process& process, OrderId id) {
  if (id.value % 3 != 0) return true;
  auto& refunds = process.shop().refunds;
  const auto earlier = refunds.of_order(id);
  const auto order = process.shop().orders.find(id);
  if (!earlier || !order || !*order) return false;
  if (!earlier->empty()) return true;
  const auto& payment = (*order)->document.payments.front();
  const auto done = refunds.run(id, {payment.id, Money::minor(1, payment.amount.currency()), "a dent"}, "finance", {});
  process.world().trace.reached(!done        ? "refund: " + done.error().reason
                                : done->next ? "refund: owed"
                                             : "refund: done");
  if (done || done.error().code == Errc::kConflict) return true;  // or nothing of it is left, or it is not captured yet
  if (done.error().code == Errc::kInternal)
    process.world().problem("a refund ended in " + done.error().reason + ": " + done.error().detail);
  return false;
}

// One step of one order; a failure is tried again at the next round.
void serve(Process& process, Intention& intention) {
  const auto shipments = process.shop().fulfilment.of_order(intention.order);
  if (!shipments) return;
  bool over = true;
  for (const auto& shipment : *shipments) {
    const auto move = next_move(shipment.status);
    if (!move) continue;
    over = false;
    if (*move == ShipmentTrigger::kPack && !is_there(process, shipment)) break;
    fulfilment::MoveDetails details;
    if (*move == ShipmentTrigger::kShip) details.tracking_number = "T-" + intention.name;
    const auto moved = process.shop().fulfilment.move(shipment.id, *move, details);
    process.world().trace.reached(moved ? "warehouse: " + std::string(name_of(moved->status))
                                        : "warehouse: " + moved.error().reason);
    if (moved && moved->status == ShipmentState::kPacked) intention.packed[moved->id] = moved->items;
    if (!moved && moved.error().code == Errc::kInternal)
      process.world().problem("a shipment's move ended in " + moved.error().reason + ": " + moved.error().detail);
    break;
  }
  if (over && !shipments->empty()) intention.sent = given_back(process, intention.order);
}

}  // namespace

void work_in_warehouse(Process& process) {
  for (;;) {
    for (ShopperMemory& shopper : process.world().shoppers)
      for (Intention& intention : shopper.intentions)
        if (intention.ships && intention.order && !intention.sent) serve(process, intention);
    runtime::sleep_for(150);
  }
}

}  // namespace kontor::sim
