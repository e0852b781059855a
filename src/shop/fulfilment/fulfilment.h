// Shipments: one per order and warehouse, opened and cancelled in the order's own transaction, moved on by the
// warehouse's staff. Owns fulfilment_* in the home `customer`. When one leaves, its units leave the stock (home
// `stock`), once, whatever is repeated.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/check_report.h"
#include "shop/fulfilment/fulfilment_state.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/orders.h"

namespace kontor::fulfilment {

struct Shipment {
  ShipmentId id;
  OrderId order_id;
  WarehouseId warehouse_id;
  ShipmentState status = ShipmentState::kPending;
  std::optional<std::string> carrier;
  std::optional<std::string> tracking_number;
  std::vector<orders::ShipmentItem> items;
  Time created_at;
  Time updated_at;

  static constexpr auto fields() {
    return described(Field("id", &Shipment::id, "The shipment"), Field("order_id", &Shipment::order_id, "Its order"),
                     Field("warehouse_id", &Shipment::warehouse_id, "Where it leaves"),
                     Field("status", &Shipment::status, "How far it is"),
                     Field("carrier", &Shipment::carrier, "Who carries it"),
                     Field("tracking_number", &Shipment::tracking_number, "The carrier's number"),
                     Field("items", &Shipment::items, "What is in it"),
                     Field("created_at", &Shipment::created_at, "When it was opened"),
                     Field("updated_at", &Shipment::updated_at, "When it last moved"));
  }
};

// What staff say when a shipment moves.
struct MoveDetails {
  std::optional<std::string> carrier;
  std::optional<std::string> tracking_number;
  std::string by = "staff";
};

// Mistakes made on purpose, to show that the simulator finds them. Never set outside of tests.
struct PlantedBugs {
  bool cancel_what_is_packed = false;
};

// Runs in the write that moves a shipment, which is as it has become.
using MovedFunction = std::function<Result<void>(db::Tx&, const Shipment&)>;

class Fulfilment : public orders::FulfilmentDesk {
 public:
  Fulfilment(db::Store& store, orders::Orders& orders, inventory::Inventory& inventory, Clock& clock)
      : store_(store), orders_(orders), inventory_(inventory), clock_(clock) {}

  Result<void> open(db::Tx& tx, const orders::Order& order) override;
  Result<void> take_out(db::Tx& tx, OrderId order, std::span<const orders::TakenUnits> units, Time now) override;

  // kInvalidTransition with {from, to, allowed}; kNotFound. Shipping what is not on the shelf is kConflict
  // "inventory.not_on_hand". `also` runs in the same write function (an audit row); may be empty.
  Result<Shipment> move(ShipmentId id, ShipmentTrigger on, const MoveDetails& details, const MovedFunction& also = {});
  Result<std::vector<Shipment>> of_order(OrderId order);
  // Newest first, before `before` (0: from the newest).
  Result<std::vector<Shipment>> list(ShipmentId before, int limit);
  // Takes units out of the stock for shipments whose process died between the two homes. How many it settled.
  Result<int> sweep(int limit);

  void plant(PlantedBugs bugs) { bugs_ = bugs; }

  // Shipments are as their orders show them; what is allocated in the stock is what has not left yet.
  Result<void> check(services::CheckReport& report);

 private:
  Result<Shipment> move_in(db::Tx& tx, ShipmentId id, ShipmentTrigger on, const MoveDetails& details);
  Result<void> take_out_of(db::Tx& tx, Shipment shipment, std::span<const orders::TakenUnits> units, Time now);
  Result<void> settle_stock(const Shipment& shipment);
  Result<void> each(const std::function<void(const Shipment&)>& visit);

  db::Store& store_;
  orders::Orders& orders_;
  inventory::Inventory& inventory_;
  Clock& clock_;
  PlantedBugs bugs_;
};

}  // namespace kontor::fulfilment
