#include "shop/orders/orders_consumers.h"

#include <boost/json/object.hpp>

#include "runtime/json.h"
#include "shop/fulfilment/events.h"
#include "shop/orders/events.h"
#include "shop/payments/events.h"

namespace kontor::orders {
namespace {

std::string channel_of(OrderId id) { return "order:" + id.text(); }

services::LiveState state_of(const Order& order) {
  return {order.version, "order.changed", order.updated, json::print(view_of(order))};
}

Result<services::LiveState> look(Orders& orders, const services::Shopper& shopper, std::string_view name) {
  const auto id = OrderId::parse(name);
  std::optional<Order> order;
  if (id) {
    TRY(order, orders.find(*id));
  }
  const bool theirs =
      order && ((shopper.buys() && order->customer == shopper.customer) ||
                (shopper.kind == services::Shopper::Kind::kStaff && shopper.roles.has(services::Role::kSupport)));
  if (!theirs) return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
  return state_of(*order);
}

// Events of orders, payments and parcels all name their order.
std::optional<OrderId> order_in(const LoggedEvent& event) {
  const auto document = json::parse(event.body);
  if (!document) return {};
  const auto* object = document->root().if_object();
  const auto* id = object == nullptr ? nullptr : object->if_contains("order_id");
  return id == nullptr || !id->is_string() ? std::nullopt
                                           : OrderId::parse({id->get_string().data(), id->get_string().size()});
}

Result<void> tell(services::Live& live, Orders& orders, const LoggedEvent& event) {
  if (live.followers() == 0) return {};
  const auto id = order_in(event);
  if (!id || !live.followed(channel_of(*id))) return {};
  TRY(const auto order, orders.find(*id));
  if (order) live.publish(channel_of(*id), state_of(*order));
  return {};
}

}  // namespace

void add_order_channel(services::Live& live, Orders& orders) {
  live.add("order",
           [&orders](const services::Shopper& shopper, std::string_view name) { return look(orders, shopper, name); });
}

services::Consumer live_consumer(services::Live& live, Orders& orders) {
  services::Consumer consumer;
  consumer.name = "orders.live";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  for (const auto name :
       {OrderConfirmed::kName, OrderCancelled::kName, OrderLinesCancelled::kName, OrderPaymentFailed::kName,
        OrderStatusChanged::kName, payments::PaymentCaptured::kName, payments::PaymentRefunded::kName,
        payments::PaymentVoided::kName, payments::PaymentReleased::kName})
    consumer.handles.emplace_back(name);
  for (const std::string_view name : fulfilment::kShipmentEvents) consumer.handles.emplace_back(name);
  consumer.handle = [&live, &orders](const LoggedEvent& event) { return tell(live, orders, event); };
  return consumer;
}

}  // namespace kontor::orders
