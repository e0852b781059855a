#include "shop/checkout/cancellation.h"

#include <algorithm>
#include <limits>

#include "shop/checkout/checkout_store.h"
#include "shop/checkout/retry_wait.h"
#include "shop/checkout/shown_payment.h"
#include "shop/credit/credit.h"

namespace kontor::checkout {
namespace {

// What a cancellation owes, by its number in the order; 0: all of it, cancelled by the version before, which kept no
// list.
orders::OrderCancellation owed_by(const orders::Order& order, std::int64_t number) {
  const auto& document = order.document;
  if (number > 0) {
    KONTOR_ASSERT(document.cancellations && number <= static_cast<std::int64_t>(document.cancellations->size()));
    return document.cancellations->at(static_cast<std::size_t>(number - 1));
  }
  orders::OrderCancellation whole;
  for (const auto& shipment : document.shipments)
    for (const auto& item : shipment.items) whole.units.push_back({shipment.id, item.offer_id, item.quantity});
  for (const auto& payment : document.payments) whole.refunds.push_back({payment.id, payment.amount});
  return whole;
}

std::string stock_reference(OrderId id, std::int64_t number) {
  return "cancel:" + id.text() + (number > 0 ? ":" + std::to_string(number) : "");
}
std::string refund_key(PaymentId id, std::int64_t number) {
  return "cancel:" + id.text() + (number > 0 ? ":" + std::to_string(number) : "");
}

// The lines know their tax; of several payments each takes its proportion.
std::optional<Money> tax_of(const orders::OrderCancellation& owed) {
  if (owed.refunds.size() != 1 || owed.lines.empty()) return std::nullopt;
  Money tax = owed.shipping_tax.value_or(Money::minor(0, owed.refund.currency()));
  for (const auto& line : owed.lines) tax = tax + line.tax;
  return std::max(tax, Money::minor(0, tax.currency()));
}

}  // namespace

Cancellation::Cancellation(const Parts& parts, const Settings& settings)
    : parts_(parts), settings_(settings), together_(parts.store.together(db::Home::kCustomer | db::Home::kStock)) {}

Result<void> Cancellation::give_stock_back(db::Tx& tx, const orders::Order& order, std::int64_t number) {
  const Time now = parts_.clock.now();
  std::vector<inventory::Allotment> units;
  for (const auto& taken : owed_by(order, number).units)
    for (const auto& shipment : order.document.shipments)
      if (shipment.id == taken.shipment_id) units.push_back({taken.offer_id, shipment.warehouse_id, taken.quantity});
  TRY_DO(parts_.inventory.confirm(tx, order.reservation));  // should the purchase not have come that far
  TRY_DO(parts_.inventory.deallocate(tx, order.reservation, units, stock_reference(order.id, number), now));
  // A purchase that did not happen has used nothing.
  const bool whole = order.state == orders::OrderState::kCancelled;
  return whole && parts_.promotions != nullptr ? parts_.promotions->release(tx, order.reservation) : Result<void>();
}

Result<orders::Order> Cancellation::run(OrderId id, const std::string& by, const orders::CancelOrder& wish,
                                        const OrderFunction& also) {
  orders::Cancelled cancelled;
  const db::Homes homes = together_ ? db::Home::kCustomer | db::Home::kStock : db::Homes(db::Home::kCustomer);
  TRY_DO(parts_.store.write(homes, [&](db::Tx& tx) -> Result<void> {
    const Time now = parts_.clock.now();
    TRY(cancelled, parts_.orders.cancel(tx, id, by, wish));
    if (also) TRY_DO(also(tx, cancelled.order));
    if (cancelled.number == 0) return {};
    if (parts_.credits != nullptr) TRY_DO(parts_.credits->follow(tx, cancelled.order));
    TRY_DO(tx.run(kOpenCancellation, id, cancelled.number, now, now.plus_ms(settings_.flight_ms)));
    return together_ ? give_stock_back(tx, cancelled.order, cancelled.number) : Result<void>();
  }));
  if (cancelled.number == 0) return std::move(cancelled.order);
  // From here on the cancellation stands; what a silent gateway or a crash leaves undone is the sweeper's.
  (void)go_on(cancelled.order, cancelled.number);
  TRY(auto now_is, parts_.orders.find(id));
  return now_is ? std::move(*now_is) : std::move(cancelled.order);
}

// Decided before the gateway hears of it, so that a capture which begins meanwhile takes only what is left, or finds
// nothing to capture. A promise that is made smaller is no news to the gateway: it hears of it with the capture.
Result<void> Cancellation::let_go(OrderId order, PaymentId id, const std::string& key, Money amount,
                                  const std::optional<Money>& tax) {
  payments::Payment left;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    if (amount.amount_minor() > 0) {
      TRY(left, parts_.payments.record_released(tx, id, key, amount, tax));
    } else {
      TRY(left, parts_.payments.record_voided(tx, id));
    }
    return parts_.orders.payment_changed(tx, order, shown(left));
  }));
  return left.state == payments::PaymentState::kVoided ? parts_.payments.void_charge(id) : Result<void>();
}

Result<void> Cancellation::give_money_back(const orders::Order& order, std::int64_t number) {
  const auto owed = owed_by(order, number);
  for (const auto& [paid, due] : owed.refunds) {
    TRY(const auto payment, parts_.payments.find(paid));
    if (!payment)
      return fail(Errc::kInternal, "checkout.payment_missing", paid.text() + " is in the order and nowhere else.");
    const Money amount = settings_.planted.refund_over_capture ? payment->amount : due;
    const bool held =
        payment->state == payments::PaymentState::kAuthorised || payment->state == payments::PaymentState::kVoided;
    const auto key = refund_key(paid, number);
    // Noted already, before this was interrupted: let go of the promise, it must not be given back of the capture too.
    TRY(const auto noted, parts_.payments.ledger().find(paid, key));
    if (noted) continue;
    if (held) {
      TRY_DO(let_go(order.id, paid, key, amount, tax_of(owed)));
      continue;
    }
    if (payment->state == payments::PaymentState::kCapturing)
      return fail(Errc::kConflict, "checkout.being_captured", paid.text() + " is refunded once it is captured.");
    if (amount.amount_minor() > 0) TRY_DO(parts_.payments.refund(paid, key, amount));
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&, id = paid, money = amount](db::Tx& tx) -> Result<void> {
      payments::Payment after = *payment;
      if (money.amount_minor() > 0) {
        TRY(after, parts_.payments.record_refund(tx, id, key, money, tax_of(owed)));
      }
      return parts_.orders.payment_changed(tx, order.id, shown(after));
    }));
  }
  return {};
}

Result<void> Cancellation::go_on(const orders::Order& order, std::int64_t number) {
  if (!together_)
    TRY_DO(parts_.store.write(db::Home::kStock, [&](db::Tx& tx) { return give_stock_back(tx, order, number); }));
  TRY_DO(give_money_back(order, number));
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kCancellations[number > 0 ? 0 : 1].close, order.id, number));
    return {};
  });
}

struct Cancellation::Owed {
  OrderId order;
  std::int64_t number = 0;
  std::int64_t attempts = 0;
  Time next;
};

Result<std::vector<OrderId>> Cancellation::under_way() {
  constexpr Time kEver{std::numeric_limits<std::int64_t>::max()};
  std::vector<OrderId> orders;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    orders.clear();
    for (const auto& queries : kCancellations) {
      TRY(const auto rows, tx.ask(queries.due, kEver, std::numeric_limits<int>::max(), kEver));
      for (const auto row : rows) orders.push_back(row.id<OrderId>(0));
    }
    return {};
  }));
  return orders;
}

Result<int> Cancellation::sweep(Time until, int limit) {
  int taken_up = 0;
  for (const auto& queries : kCancellations) {
    TRY(const int some, sweep(queries, until, limit));
    taken_up += some;
  }
  return taken_up;
}

Result<int> Cancellation::sweep(const CancellationQueries& queries, Time until, int limit) {
  std::vector<Owed> due;
  const Time furthest = parts_.clock.now().plus_ms(settings_.longest_wait_ms);
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    due.clear();
    TRY(const auto rows, tx.ask(queries.due, until, limit, furthest));
    for (const auto row : rows) due.push_back({row.id<OrderId>(0), row.i64(1), row.i64(2), row.time(3)});
    return {};
  }));
  int taken_up = 0;
  for (const auto& one : due) {
    std::int64_t leased = 0;
    const Time now = parts_.clock.now();
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      leased = 0;
      TRY(leased, tx.run(queries.lease, one.order, one.number, one.next, now.plus_ms(settings_.flight_ms)));
      return {};
    }));
    if (leased == 0) continue;
    ++taken_up;
    TRY(const auto order, parts_.orders.find(one.order));
    if (order && go_on(*order, one.number)) continue;
    const auto wait = retry_wait_ms(one.attempts, settings_.longest_wait_ms);
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(queries.delay, one.order, one.number, parts_.clock.now().plus_ms(wait)));
      return {};
    }));
  }
  return taken_up;
}

}  // namespace kontor::checkout
