// Orders: the placed purchase, its lines, its state table and its timeline, in the home `customer`. An order is one
// row: columns for what is searched, one document for the rest. Placed exactly once per checkout (its id is drawn
// there); numbered for people.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/check_report.h"
#include "shop/orders/alternatives.h"
#include "shop/orders/cancelling.h"
#include "shop/orders/order_document.h"
#include "shop/orders/order_taxes.h"
#include "shop/orders/orders_state.h"

namespace kontor::orders {

struct Order {
  OrderId id;
  CustomerId customer;
  CheckoutId checkout;
  CheckoutId reservation;  // the key of its stock, for inventory
  OrderState state = OrderState::kConfirmed;
  std::int64_t version = 1;
  std::string email;
  Time created, updated;
  Document document;

  std::string number() const;
  Currency currency() const { return document.totals.total.currency(); }
};

// An order as its buyer and the staff see it.
struct OrderView {
  OrderId id;
  std::string number;
  OrderState status = OrderState::kConfirmed;
  CustomerId customer_id;
  std::string email;
  std::vector<OrderLine> items;
  std::vector<OrderShipment> shipments;
  std::vector<OrderPayment> payments;
  OrderTotals totals;
  OrderTotals current_totals;
  std::vector<OrderCancellation> cancellations;
  std::vector<TimelineEntry> timeline;
  Address shipping_address;
  std::optional<Address> billing_address;
  std::optional<std::string> tax_id;
  Time created_at;
  Time updated_at;
  std::int64_t version = 1;

  static constexpr auto fields() {
    using V = OrderView;
    return described(
        Field("id", &V::id, "The order"), Field("number", &V::number, "Its number for people"),
        Field("status", &V::status, "The least advanced of its shipments"),
        Field("customer_id", &V::customer_id, "Whose"), Field("email", &V::email, "Where mails about it go"),
        Field("items", &V::items, "What was bought"), Field("shipments", &V::shipments, "How it travels"),
        Field("payments", &V::payments, "How it is paid"), Field("totals", &V::totals, "What it cost as it was placed"),
        Field("current_totals", &V::current_totals, "The same without what was cancelled"),
        Field("cancellations", &V::cancellations, "What was cancelled, oldest first"),
        Field("timeline", &V::timeline, "What happened when"),
        Field("shipping_address", &V::shipping_address, "Where it goes"),
        Field("billing_address", &V::billing_address, "Where the invoice goes, if elsewhere"),
        Field("tax_id", &V::tax_id, "The buyer's tax number, as it stands on the invoice"),
        Field("created_at", &V::created_at, "When it was placed"),
        Field("updated_at", &V::updated_at, "When it last changed"),
        Field("version", &V::version, "Grows with every change"));
  }
};
OrderView view_of(const Order& order);

// Who picks, packs and sends. Functions on a Tx run in the write function that changes the order (home customer), so
// that an order and its shipments are never seen apart.
class FulfilmentDesk {
 public:
  virtual ~FulfilmentDesk() = default;
  virtual Result<void> open(db::Tx& tx, const Order& order) = 0;
  // Takes units out of the order's shipments; one of which nothing is left is cancelled. kNotCancellable
  // "fulfilment.already_packed" once one of those shipments is packed.
  virtual Result<void> take_out(db::Tx& tx, OrderId order, std::span<const TakenUnits> units, Time now) = 0;
};

// What a cancellation came to.
struct Cancelled {
  Order order;
  std::int64_t number = 0;  // which of the order's cancellations; 0: it was cancelled already, and nothing changed
};

// Mistakes made on purpose, to show that the simulator finds them. Never set outside of tests.
struct PlantedBugs {
  bool cancel_what_is_packed = false;
  bool event_outside = false;  // order.placed is told after the order, by a write of its own
};

// What became of one shipment.
struct ShipmentNews {
  ShipmentId id;
  ShipmentState status = ShipmentState::kPending;
  std::optional<std::string> carrier;
  std::optional<std::string> tracking_number;
};

struct ListQuery {
  std::optional<CustomerId> customer;             // one customer's, newest first
  std::optional<Time> updated_since;              // everybody's, by time of change, oldest first
  std::optional<OrderId> before;                  // continues a list by id
  std::optional<std::pair<Time, OrderId>> after;  // continues a list by time of change
  int limit = 20;
};

class Orders {
 public:
  Orders(db::Store& store, Clock& clock) : store_(store), clock_(clock) {}
  // Not owned; before the first order. Without one there are no shipments.
  void set_desk(FulfilmentDesk* desk) { desk_ = desk; }
  // Before the first order. Without one, cancelled units take their share of the discounts.
  void set_repricing(Repricing repricing) { repricing_ = std::move(repricing); }

  // Inside the caller's write function (home customer).
  // Writes the order, opens its shipments, tells order.placed and order.confirmed. `document` is the printed
  // order.document (printing it beforehand keeps it off the writer). A second order with this id is kConflict
  // "db.duplicate".
  Result<void> place(db::Tx& tx, const Order& order, const std::string& document);
  Result<Order> load(db::Tx& tx, OrderId id);  // kNotFound "orders.no_such_order"
  // The whole order, or lines of it; the last of them cancels the order. kNotCancellable when it is too late; what the
  // wish names wrongly is as plan_cancellation() says; kVersionConflict when it names another version. Cancelling a
  // cancelled order as a whole changes nothing.
  Result<Cancelled> cancel(db::Tx& tx, OrderId id, const std::string& by, const CancelOrder& wish = {});
  // Money that was taken or given back becomes a line of the timeline.
  Result<void> payment_changed(db::Tx& tx, OrderId id, const OrderPayment& payment, const std::string& by = "system");
  // Takes the news into the order and moves it to its least advanced shipment. The order's state afterwards.
  Result<OrderState> shipment_changed(db::Tx& tx, OrderId id, const ShipmentNews& news, const std::string& by);

  Result<std::optional<Order>> find(OrderId id);
  Result<std::vector<Order>> find_all(std::span<const OrderId> ids);  // those that are there
  // For a buyer who has only the mail: the number as people write it, and the address it went to. kNotFound
  // "orders.no_such_order" whichever of the two is wrong.
  Result<Order> look_up(std::string_view number, std::string_view email);
  Result<std::vector<Order>> list(const ListQuery& query);
  // Ids above `last`, ascending, at most `limit`: for walks over everything.
  Result<std::vector<Order>> after(OrderId last, int limit);
  // Every order, in the order of ids, for checks.
  Result<void> each(const std::function<void(const Order&)>& visit);

  void plant(PlantedBugs bugs) { bugs_ = bugs; }
  bool tells_late() const { return bugs_.event_outside; }
  Result<void> tell_placed(db::Tx& tx, const Order& order);  // part of place()

  // Totals add up, payments cover the total, shipments hold the lines, the timeline follows the state table.
  Result<void> check(services::CheckReport& report);

 private:
  Result<void> move(db::Tx& tx, Order& order, OrderTrigger on, const std::string& by, Time now);
  Result<void> follow_shipments(db::Tx& tx, Order& order, const std::string& by, Time now);
  Result<void> tell_cancelled(db::Tx& tx, Order& order, const OrderCancellation& cancellation);
  Result<void> save(db::Tx& tx, Order& order, Time now);

  db::Store& store_;
  Clock& clock_;
  FulfilmentDesk* desk_ = nullptr;
  Repricing repricing_;
  PlantedBugs bugs_;
};

}  // namespace kontor::orders
