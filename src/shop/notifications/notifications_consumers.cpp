#include "shop/notifications/notifications_consumers.h"

#include "runtime/json.h"
#include "shop/cart/events.h"
#include "shop/checkout/events.h"
#include "shop/credit/events.h"
#include "shop/fulfilment/events.h"
#include "shop/orders/events.h"
#include "shop/payments/events.h"

namespace kontor::notifications {
namespace {

template <class E>
Result<OrderId> order_in(const LoggedEvent& event) {
  TRY(const auto body, json::read<E>(event.body));
  return body.order_id;
}

void foresee(Notifications& notifications, std::span<const LoggedEvent* const> events) {
  std::vector<OrderId> orders;
  for (const LoggedEvent* event : events) {
    const auto order =
        event->name == orders::OrderConfirmed::kName ? order_in<orders::OrderConfirmed>(*event) : Result<OrderId>();
    if (order && *order) orders.push_back(*order);
  }
  if (orders.size() > 1) notifications.foresee(orders);
}

bool is_of_carts(const LoggedEvent& event) { return event.name.starts_with("cart."); }

Result<void> handle_cart(Notifications& notifications, const LoggedEvent& event, const std::string& key) {
  if (event.name == cart::CartLinesRemoved::kName) {
    TRY(const auto told, json::read<cart::CartLinesRemoved>(event.body));
    return notifications.tell_removed(told.customer_id, told.offers, key);
  }
  if (event.name == cart::CartExpiring::kName) {
    TRY(const auto told, json::read<cart::CartExpiring>(event.body));
    return notifications.remind(CartOccasion::kExpiring, told.customer_id, told.version, key);
  }
  TRY(const auto told, json::read<cart::CartLeftAlone>(event.body));
  return notifications.remind(CartOccasion::kLeftAlone, told.customer_id, told.version, key);
}

Result<void> handle(Notifications& notifications, const LoggedEvent& event) {
  const std::string key = event.name + "-" + event.stream + "-" + std::to_string(event.position);
  if (is_of_carts(event)) return handle_cart(notifications, event, key);
  if (event.name == orders::OrderConfirmed::kName) {
    TRY(const auto order, order_in<orders::OrderConfirmed>(event));
    return notifications.tell(Occasion::kConfirmed, order, key);
  }
  if (event.name == orders::OrderCancelled::kName) {
    TRY(const auto order, order_in<orders::OrderCancelled>(event));
    return notifications.tell(Occasion::kCancelled, order, key);
  }
  if (event.name == orders::OrderLinesCancelled::kName) {
    TRY(const auto order, order_in<orders::OrderLinesCancelled>(event));
    return notifications.tell(Occasion::kLinesCancelled, order, key);
  }
  if (event.name == payments::PaymentRefunded::kName) {
    TRY(const auto order, order_in<payments::PaymentRefunded>(event));
    return notifications.tell(Occasion::kRefunded, order, key);
  }
  if (event.name == checkout::OrderUnitsMissing::kName) {
    TRY(const auto told, json::read<checkout::OrderUnitsMissing>(event.body));
    return notifications.tell_missing({told.offer_id, told.quantity, told.decide_by}, told.order_id, key);
  }
  if (event.name == credit::CreditIssued::kName) {
    TRY(const auto told, json::read<credit::CreditIssued>(event.body));
    return notifications.send_gift_card(told.credit_id.text(), key);
  }
  if (event.name == checkout::CheckoutNotCompleted::kName) {
    TRY(const auto told, json::read<checkout::CheckoutNotCompleted>(event.body));
    return notifications.tell_not_completed(told.checkout_id, told.reason, key);
  }
  TRY(const auto order, order_in<fulfilment::ShipmentMoved>(event));
  return notifications.tell(Occasion::kShipped, order, key);
}

}  // namespace

services::Consumer mail_consumer(Notifications& notifications) {
  services::Consumer consumer;
  consumer.name = "notifications.mail";
  consumer.kind = services::ConsumerKind::kOnce;
  consumer.handles = {std::string(orders::OrderConfirmed::kName),
                      std::string(orders::OrderCancelled::kName),
                      std::string(orders::OrderLinesCancelled::kName),
                      std::string(payments::PaymentRefunded::kName),
                      std::string(fulfilment::kShipmentShipped),
                      std::string(checkout::OrderUnitsMissing::kName),
                      std::string(checkout::CheckoutNotCompleted::kName),
                      std::string(credit::CreditIssued::kName),
                      std::string(cart::CartLeftAlone::kName),
                      std::string(cart::CartExpiring::kName),
                      std::string(cart::CartLinesRemoved::kName)};
  consumer.hopeless = {"messenger.bad_address", "messenger.refused"};
  consumer.handle = [&notifications](const LoggedEvent& event) { return handle(notifications, event); };
  consumer.foresee = [&notifications](std::span<const LoggedEvent* const> events) { foresee(notifications, events); };
  return consumer;
}

}  // namespace kontor::notifications
