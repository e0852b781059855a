// The only ways in which a shipment moves. Before it is packed it may be cancelled; once it has left it may be lost or
// come back.
#pragma once
#include "base/state_table.h"
#include "shop/orders/orders_state.h"

namespace kontor::fulfilment {

using orders::ShipmentState;

enum class ShipmentTrigger { kPick, kPack, kShip, kDeliver, kCancel, kLose, kReturn };

inline constexpr auto kShipmentTable = state_table<ShipmentState, ShipmentTrigger>({
    {ShipmentState::kPending, ShipmentTrigger::kPick, ShipmentState::kPicked, "shipment.picked"},
    {ShipmentState::kPending, ShipmentTrigger::kCancel, ShipmentState::kCancelled, "shipment.cancelled"},
    {ShipmentState::kPicked, ShipmentTrigger::kPack, ShipmentState::kPacked, "shipment.packed"},
    {ShipmentState::kPicked, ShipmentTrigger::kCancel, ShipmentState::kCancelled, "shipment.cancelled"},
    {ShipmentState::kPacked, ShipmentTrigger::kShip, ShipmentState::kShipped, "shipment.shipped"},
    {ShipmentState::kShipped, ShipmentTrigger::kDeliver, ShipmentState::kDelivered, "shipment.delivered"},
    {ShipmentState::kShipped, ShipmentTrigger::kLose, ShipmentState::kLost, "shipment.lost"},
    {ShipmentState::kShipped, ShipmentTrigger::kReturn, ShipmentState::kReturnedToSender,
     "shipment.returned_to_sender"},
    {ShipmentState::kCancelled, ShipmentTrigger::kCancel, ShipmentState::kCancelled, ""},
});
static_assert(kShipmentTable.deterministic() && kShipmentTable.emits_on_every_move());
static_assert(!kShipmentTable.leads(ShipmentState::kPacked, ShipmentState::kCancelled),
              "what is packed is not cancelled");
static_assert(kShipmentTable.find(ShipmentState::kPending, ShipmentTrigger::kShip) == nullptr,
              "nothing leaves unpacked");

// Where a trigger leads when it is allowed at all.
constexpr ShipmentState wanted(ShipmentTrigger on) {
  for (const auto& row : kShipmentTable.rows)
    if (row.on == on) return row.to;
  return ShipmentState::kPending;
}

}  // namespace kontor::fulfilment
