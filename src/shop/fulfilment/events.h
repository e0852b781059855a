// What fulfilment tells the rest of the house: a shipment moved. Ids and figures only.
#pragma once
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/id.h"

namespace kontor::fulfilment {

// The names are those of the state table: shipment.picked, .packed, .shipped, .delivered, .cancelled, .lost,
// .returned_to_sender.
inline constexpr std::string_view kShipmentShipped = "shipment.shipped";
inline constexpr std::string_view kShipmentDelivered = "shipment.delivered";
inline constexpr std::string_view kShipmentCancelled = "shipment.cancelled";
inline constexpr std::string_view kShipmentEvents[] = {"shipment.picked",
                                                       kShipmentShipped,
                                                       "shipment.packed",
                                                       kShipmentDelivered,
                                                       kShipmentCancelled,
                                                       "shipment.lost",
                                                       "shipment.returned_to_sender"};

struct ShipmentMoved {
  ShipmentId shipment_id;
  OrderId order_id;
  std::string from;
  std::string to;

  static constexpr auto fields() {
    return described(Field("shipment_id", &ShipmentMoved::shipment_id, "The shipment"),
                     Field("order_id", &ShipmentMoved::order_id, "Its order"),
                     Field("from", &ShipmentMoved::from, "What it was"), Field("to", &ShipmentMoved::to, "What it is"));
  }
};

}  // namespace kontor::fulfilment
