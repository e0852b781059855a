#include "shop/checkout/cancellation_api.h"

#include "runtime/json.h"
#include "services/idempotency.h"

namespace kontor::checkout {
namespace {

// The buyer's own, or any for staff.
Result<services::Shopper> who_cancels(const CancellationApiParts& parts, http::Call& call, OrderId id) {
  TRY(auto shopper, parts.shoppers.of(call.request));
  if (shopper.roles.has(services::Role::kSupport)) return shopper;
  TRY(auto buyer, parts.shoppers.require_buyer(call.request));
  TRY(const auto order, parts.orders.find(id));
  if (!order || order->customer != buyer.customer)
    return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
  return buyer;
}

Result<orders::OrderView> cancel_order(const CancellationApiParts& parts, http::Call& call,
                                       const orders::CancelOrder& wish) {
  TRY(const auto id, call.id<OrderId>("id"));
  TRY(const auto shopper, who_cancels(parts, call, id));
  const bool staff = shopper.roles.has(services::Role::kSupport);
  const auto entry = parts.audit.entry(shopper.caller(), "orders.cancel", id.text(), json::print(wish));
  const auto* ticket = services::idempotency_ticket(call);
  orders::OrderView view;
  const auto remember = [&](db::Tx& tx, const orders::Order& order) -> Result<void> {
    view = orders::view_of(order);
    if (ticket != nullptr)
      TRY_DO(services::Idempotency::remember(tx, *ticket, {200, "application/json", {}, json::print(view)}));
    return staff ? services::Audit::record(tx, entry) : Result<void>();
  };
  TRY_DO(parts.checkouts.cancel_order(id, staff ? "staff" : "customer", wish, remember));
  return view;
}

}  // namespace

void add_cancellation_routes(http::Router& router, const CancellationApiParts& parts) {
  http::About about{
      "Cancels an order until it is packed, or lines of it; the money follows",
      {"orders.no_such_order", "orders.not_cancellable", "fulfilment.already_packed", "orders.no_such_line",
       "orders.too_many_units", "orders.already_cancelled", "orders.version_conflict"}};
  about.body_optional = true;
  router.post<orders::CancelOrder, orders::OrderView>(
      "/orders/{id}/cancel", about,
      [parts](http::Call& call, const orders::CancelOrder& wish) { return cancel_order(parts, call, wish); });
}

}  // namespace kontor::checkout
