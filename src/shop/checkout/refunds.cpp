#include "shop/checkout/refunds.h"

#include <algorithm>
#include <limits>

#include "shop/checkout/refunds_store.h"
#include "shop/checkout/retry_wait.h"
#include "shop/checkout/shown_payment.h"

namespace kontor::checkout {
namespace {

using orders::OrderState;
using payments::PaymentState;

Refund refund_of(const db::Rows::Row& row) {
  Refund refund;
  refund.order = row.id<OrderId>(0);
  refund.number = row.i64(1);
  refund.payment = row.id<PaymentId>(2);
  refund.amount = Money::minor(row.i64(3), Currency::parse(row.text(4)).value_or(Currency()));
  refund.reason = row.str(5);
  refund.by = row.str(6);
  refund.attempts = row.i64(7);
  refund.created = row.time(8);
  if (!row.is_null(9)) refund.next = row.time(9);
  return refund;
}

Result<std::vector<Refund>> refunds_in(db::Tx& tx, OrderId order) {
  TRY(const auto rows, tx.ask(kRefundsOfOrder, order));
  std::vector<Refund> refunds;
  for (const auto row : rows) refunds.push_back(refund_of(row));
  return refunds;
}

std::string key_of(const Refund& refund) {
  return "refund:" + refund.payment.text() + ":" + std::to_string(refund.number);
}

// What nobody has promised to give back yet: neither a cancellation, settled or not, nor another refund.
Money left_of(const orders::OrderPayment& payment, const orders::Order& order, const std::vector<Refund>& refunds) {
  Money left = payment.amount;
  if (order.document.cancellations)
    for (const auto& cancellation : *order.document.cancellations)
      for (const auto& share : cancellation.refunds)
        if (share.payment_id == payment.id) left = left - share.amount;
  for (const Refund& refund : refunds)
    if (refund.payment == payment.id) left = left - refund.amount;
  return left;
}

Result<void> check_amount(const Money& amount, Currency currency) {
  if (amount.amount_minor() > 0 && amount.currency() == currency) return {};
  return invalid("payments.refund_of_nothing", "/amount", "out_of_range",
                 "A refund gives something back, in the currency of its payment.");
}

}  // namespace

Result<Refund> Refunds::decide(db::Tx& tx, OrderId id, const RefundWish& wish, const std::string& by) {
  TRY(const auto order, parts_.orders.load(tx, id));
  const auto& paid = order.document.payments;
  const auto payment = std::find_if(paid.begin(), paid.end(), [&](const auto& p) { return p.id == wish.payment_id; });
  if (payment == paid.end()) return fail(Errc::kNotFound, "payments.no_such_payment", "The order has no such payment.");
  TRY_DO(check_amount(wish.amount, payment->amount.currency()));
  if (order.state == OrderState::kConfirmed || order.state == OrderState::kProcessing)
    return fail(Errc::kConflict, "checkout.cancel_instead",
                "The order is not packed yet: cancel it, or lines of it, and the money follows.");
  TRY(const auto refunds, refunds_in(tx, id));
  const Money left = left_of(*payment, order, refunds);
  if (wish.amount > left)
    return fail(Errc::kConflict, "payments.refund_too_large",
                "More than was captured cannot be given back; " + left.text() + " are left of it.");
  const bool taken = payment->status == name_of(PaymentState::kCaptured) ||
                     payment->status == name_of(PaymentState::kPartiallyRefunded);
  if (!taken)
    return fail(Errc::kConflict, "checkout.not_captured",
                "The payment is " + payment->status + ": only what was taken can be given back.");
  const Time now = parts_.clock.now();
  Refund refund{id,
                static_cast<std::int64_t>(refunds.size()) + 1,
                wish.payment_id,
                wish.amount,
                wish.reason,
                by,
                0,
                now,
                now.plus_ms(settings_.flight_ms)};
  TRY_DO(tx.run(kOpenRefund, id, refund.number, refund.payment, refund.amount.amount_minor(), refund.amount.currency(),
                refund.reason, refund.by, now, *refund.next));
  return refund;
}

Result<Refund> Refunds::run(OrderId order, const RefundWish& wish, const std::string& by,
                            const std::function<Result<void>(db::Tx&, const Refund&)>& also) {
  Refund refund;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(refund, decide(tx, order, wish, by));
    return also ? also(tx, refund) : Result<void>();
  }));
  // From here on it stands; what a silent gateway or a crash leaves undone is the sweeper's.
  if (pay(refund)) refund.next.reset();
  return refund;
}

Result<void> Refunds::pay(const Refund& refund) {
  const auto key = key_of(refund);
  TRY_DO(parts_.payments.refund(refund.payment, key, refund.amount));
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto after, parts_.payments.record_refund(tx, refund.payment, key, refund.amount));
    TRY_DO(parts_.orders.payment_changed(tx, refund.order, shown(after)));
    TRY_DO(tx.run(kCloseRefund, refund.order, refund.number));
    return {};
  });
}

Result<std::vector<Refund>> Refunds::of_order(OrderId id) {
  TRY(const auto order, parts_.orders.find(id));
  if (!order) return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
  std::vector<Refund> refunds;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(refunds, refunds_in(tx, id));
    return {};
  }));
  return refunds;
}

Result<std::vector<Refund>> Refunds::open(int limit) {
  constexpr Time kEver{std::numeric_limits<std::int64_t>::max()};
  std::vector<Refund> refunds;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    refunds.clear();
    TRY(const auto rows, tx.ask(kRefundsDue, kEver, limit, kEver));
    for (const auto row : rows) refunds.push_back(refund_of(row));
    return {};
  }));
  return refunds;
}

Result<int> Refunds::sweep(int limit) {
  const Time begun = parts_.clock.now();
  std::vector<Refund> due;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    due.clear();
    TRY(const auto rows, tx.ask(kRefundsDue, begun, limit, begun.plus_ms(settings_.longest_wait_ms)));
    for (const auto row : rows) due.push_back(refund_of(row));
    return {};
  }));
  int taken_up = 0;
  for (const Refund& refund : due) {
    std::int64_t leased = 0;
    const Time until = parts_.clock.now().plus_ms(settings_.flight_ms);
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY(leased, tx.run(kLeaseRefund, refund.order, refund.number, *refund.next, until));
      return {};
    }));
    if (leased == 0) continue;
    ++taken_up;
    if (pay(refund)) continue;
    const auto wait = retry_wait_ms(refund.attempts, settings_.longest_wait_ms);
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kDelayRefund, refund.order, refund.number, parts_.clock.now().plus_ms(wait)));
      return {};
    }));
  }
  return taken_up;
}

}  // namespace kontor::checkout
