#include "shop/checkout/checkout_consumers.h"

#include "runtime/json.h"
#include "shop/checkout/events.h"
#include "shop/fulfilment/events.h"
#include "shop/inventory/events.h"
#include "shop/payments/events.h"

namespace kontor::checkout {
namespace {

Result<void> handle(Checkouts& checkouts, credit::Credits& credits, const LoggedEvent& event) {
  OrderId order;
  if (event.name == GiftCardsPaid::kName) {
    TRY(const auto body, json::read<GiftCardsPaid>(event.body));
    return credits.issue_for(body.order_id);
  }
  if (event.name == payments::PaymentAuthorised::kName) {
    TRY(const auto body, json::read<payments::PaymentAuthorised>(event.body));
    order = body.order_id;
  } else {
    TRY(const auto body, json::read<fulfilment::ShipmentMoved>(event.body));
    order = body.order_id;
  }
  TRY_DO(checkouts.capture_order(order));
  return {};
}

}  // namespace

services::Consumer oversold_consumer(Shortages& shortages) {
  services::Consumer consumer;
  consumer.name = "checkout.oversold";
  consumer.kind = services::ConsumerKind::kOnce;
  consumer.handles = {std::string(inventory::StockOversoldExternally::kName)};
  consumer.handle = [&shortages](const LoggedEvent& event) -> Result<void> {
    TRY(const auto body, json::read<inventory::StockOversoldExternally>(event.body));
    return shortages.oversold(body.offer_id, body.warehouse_id);
  };
  return consumer;
}

services::Consumer capture_consumer(Checkouts& checkouts, credit::Credits& credits, CaptureWhen when) {
  services::Consumer consumer;
  consumer.name = "checkout.capture";
  consumer.kind = services::ConsumerKind::kOnce;
  // Parcels also where the card is charged at once: what was authorised before the setting changed.
  consumer.handles = {std::string(fulfilment::kShipmentShipped), std::string(GiftCardsPaid::kName)};
  if (when == CaptureWhen::kNow) consumer.handles.emplace_back(payments::PaymentAuthorised::kName);
  consumer.handle = [&checkouts, &credits](const LoggedEvent& event) { return handle(checkouts, credits, event); };
  return consumer;
}

}  // namespace kontor::checkout
