#include "sim/warehouse.h"

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

// One step of one order; a failure is tried again at the next round.
void serve(Process& process, Intention& intention) {
  const auto shipments = process.shop().fulfilment.of_order(intention.order);
  if (!shipments) return;
  bool over = true;
  for (const auto& shipment : *shipments) {
    const auto move = next_move(shipment.status);
    if (!move) continue;
    over = false;
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
  if (over && !shipments->empty()) intention.sent = true;
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
