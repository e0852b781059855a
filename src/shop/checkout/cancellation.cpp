#include "shop/checkout/cancellation.h"

#include <algorithm>
#include <limits>

#include "shop/checkout/checkout_store.h"
#include "shop/checkout/shown_payment.h"

namespace kontor::checkout {
namespace {

constexpr std::int64_t kFirstWaitMs = 1000;
constexpr int kMostDoublings = 10;

std::string refund_key(PaymentId id) { return "cancel:" + id.text(); }

}  // namespace

Cancellation::Cancellation(const Parts& parts, const Settings& settings)
    : parts_(parts), settings_(settings), together_(parts.store.together(db::Home::kCustomer | db::Home::kStock)) {}

Result<void> Cancellation::give_stock_back(db::Tx& tx, const orders::Order& order) {
  const Time now = parts_.clock.now();
  std::vector<inventory::Allotment> units;
  for (const auto& shipment : order.document.shipments)
    for (const auto& item : shipment.items) units.push_back({item.offer_id, shipment.warehouse_id, item.quantity});
  TRY_DO(parts_.inventory.confirm(tx, order.reservation, now));  // should the purchase not have come that far
  return parts_.inventory.deallocate(tx, order.reservation, units, "cancel:" + order.id.text(), now);
}

Result<orders::Order> Cancellation::run(OrderId id, const std::string& by) {
  orders::Order order;
  bool opened = false;
  const db::Homes homes = together_ ? db::Home::kCustomer | db::Home::kStock : db::Homes(db::Home::kCustomer);
  TRY_DO(parts_.store.write(homes, [&](db::Tx& tx) -> Result<void> {
    const Time now = parts_.clock.now();
    TRY(order, parts_.orders.cancel(tx, id, by));
    TRY(const auto inserted, tx.run(kOpenCancellation, id, now, now.plus_ms(settings_.flight_ms)));
    opened = inserted == 1;
    return opened && together_ ? give_stock_back(tx, order) : Result<void>();
  }));
  if (!opened) return order;
  // From here on the cancellation stands; what a silent gateway or a crash leaves undone is the sweeper's.
  (void)go_on(order);
  TRY(auto now_is, parts_.orders.find(id));
  return now_is ? std::move(*now_is) : std::move(order);
}

// Decided before the gateway hears of it, so that a capture which begins meanwhile finds nothing to capture.
Result<void> Cancellation::let_go(OrderId order, PaymentId id) {
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto voided, parts_.payments.record_voided(tx, id));
    return parts_.orders.payment_changed(tx, order, shown(voided));
  }));
  return parts_.payments.void_charge(id);
}

Result<void> Cancellation::give_money_back(const orders::Order& order) {
  for (const auto& paid : order.document.payments) {
    TRY(const auto payment, parts_.payments.find(paid.id));
    if (!payment)
      return fail(Errc::kInternal, "checkout.payment_missing", paid.id.text() + " is in the order and nowhere else.");
    const bool held =
        payment->state == payments::PaymentState::kAuthorised || payment->state == payments::PaymentState::kVoided;
    if (held) {
      TRY_DO(let_go(order.id, paid.id));
      continue;
    }
    if (payment->state == payments::PaymentState::kCapturing)
      return fail(Errc::kConflict, "checkout.being_captured", paid.id.text() + " is refunded once it is captured.");
    const Money rest = payment->amount - payment->refunded;
    if (rest.amount_minor() > 0) TRY_DO(parts_.payments.refund(paid.id, refund_key(paid.id), rest));
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      payments::Payment after = *payment;
      if (rest.amount_minor() > 0) {
        TRY(after, parts_.payments.record_refund(tx, paid.id, refund_key(paid.id), rest));
      }
      return parts_.orders.payment_changed(tx, order.id, shown(after));
    }));
  }
  return {};
}

Result<void> Cancellation::go_on(const orders::Order& order) {
  if (!together_) TRY_DO(parts_.store.write(db::Home::kStock, [&](db::Tx& tx) { return give_stock_back(tx, order); }));
  TRY_DO(give_money_back(order));
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kCloseCancellation, order.id));
    return {};
  });
}

Result<std::vector<OrderId>> Cancellation::under_way() {
  constexpr Time kEver{std::numeric_limits<std::int64_t>::max()};
  std::vector<OrderId> orders;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    orders.clear();
    TRY(const auto rows, tx.ask(kCancellationsDue, kEver, std::numeric_limits<int>::max()));
    for (const auto row : rows) orders.push_back(row.id<OrderId>(0));
    return {};
  }));
  return orders;
}

Result<int> Cancellation::sweep(Time until, int limit) {
  struct Due {
    OrderId order;
    std::int64_t attempts = 0;
    Time next;
  };
  std::vector<Due> due;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    due.clear();
    TRY(const auto rows, tx.ask(kCancellationsDue, until, limit));
    for (const auto row : rows) due.push_back({row.id<OrderId>(0), row.i64(1), row.time(2)});
    return {};
  }));
  int taken_up = 0;
  for (const auto& one : due) {
    std::int64_t leased = 0;
    const Time now = parts_.clock.now();
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      leased = 0;
      TRY(leased, tx.run(kLeaseCancellation, one.order, one.next, now.plus_ms(settings_.flight_ms)));
      return {};
    }));
    if (leased == 0) continue;
    ++taken_up;
    TRY(const auto order, parts_.orders.find(one.order));
    if (order && go_on(*order)) continue;
    const auto wait =
        std::min(kFirstWaitMs << std::min<std::int64_t>(one.attempts, kMostDoublings), settings_.longest_wait_ms);
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kDelayCancellation, one.order, parts_.clock.now().plus_ms(wait)));
      return {};
    }));
  }
  return taken_up;
}

}  // namespace kontor::checkout
