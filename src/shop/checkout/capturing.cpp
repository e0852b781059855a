#include "shop/checkout/capturing.h"

#include <utility>

#include "shop/checkout/gift_cards_paid.h"
#include "shop/checkout/shown_payment.h"

namespace kontor::checkout {

using payments::PaymentState;

Result<orders::Order> Capturing::run(OrderId id, const std::string& by, db::Function also) {
  TRY(auto order, parts_.orders.find(id));
  if (!order) return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
  bool taken = false;
  for (const auto& payment : order->document.payments) {
    // What was begun is ended, whatever has become of the order: its cancellation waits for that.
    const bool begun = payment.status == name_of(PaymentState::kCapturing);
    const bool promised =
        payment.status == name_of(PaymentState::kAuthorised) && order->state != orders::OrderState::kCancelled;
    if (!begun && !promised) continue;
    TRY_DO(take(*order, payment.id, by, std::exchange(also, {})));
    taken = true;
  }
  if (!taken) return std::move(*order);
  TRY(auto after, parts_.orders.find(id));
  return after ? std::move(*after) : std::move(*order);
}

Result<void> Capturing::take(const orders::Order& of, PaymentId id, const std::string& by, const db::Function& also) {
  const OrderId order = of.id;
  payments::Payment payment;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(payment, parts_.payments.begin_capture(tx, id));
    if (also) TRY_DO(also(tx));
    return parts_.orders.payment_changed(tx, order, shown(payment));
  }));
  if (payment.state != PaymentState::kCapturing) return {};
  TRY(const auto outcome, parts_.payments.capture(id, payment.due()));
  if (outcome.state == PaymentState::kAuthorised)
    return fail(Errc::kGatewayUnavailable, "checkout.not_captured", "The gateway has not captured it yet.");
  const bool captured = outcome.state == PaymentState::kCaptured;
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    if (captured && buys_gift_cards(of)) TRY_DO(tell_gift_cards_paid(tx, order, parts_.clock.now()));
    TRY(const auto after, captured ? parts_.payments.record_captured(tx, id) : parts_.payments.record_voided(tx, id));
    return parts_.orders.payment_changed(tx, order, shown(after), by);
  });
}

}  // namespace kontor::checkout
