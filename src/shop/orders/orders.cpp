#include "shop/orders/orders.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "runtime/json.h"
#include "services/outbox.h"
#include "shop/orders/events.h"
#include "shop/orders/order_number.h"
#include "shop/orders/orders_store.h"

namespace kontor::orders {
namespace {

Result<Order> order_of(const db::Rows::Row& row) {
  Order order;
  order.id = row.id<OrderId>(0);
  order.customer = row.id<CustomerId>(1);
  order.checkout = row.id<CheckoutId>(2);
  order.reservation = row.id<CheckoutId>(3);
  order.state = static_cast<OrderState>(row.i64(4));
  order.version = row.i64(5);
  order.email = row.str(6);
  auto document = json::read<Document>(row.text(7));
  if (!document)
    return fail(Errc::kInternal, "orders.damaged_document", order.id.text() + ": " + document.error().detail);
  order.document = std::move(*document);
  order.created = row.time(8);
  order.updated = row.time(9);
  return order;
}

Result<void> append(std::vector<Order>& out, const db::Rows& rows) {
  for (const auto row : rows) {
    TRY(auto order, order_of(row));
    out.push_back(std::move(order));
  }
  return {};
}

// What the shipments say together; nullopt while they say nothing beyond "confirmed".
std::optional<OrderState> least_advanced(const std::vector<OrderShipment>& shipments) {
  int least = static_cast<int>(ShipmentState::kDelivered);
  bool any = false, begun = false;
  for (const auto& shipment : shipments) {
    if (shipment.status == ShipmentState::kCancelled) continue;
    const bool gone_astray =
        shipment.status == ShipmentState::kLost || shipment.status == ShipmentState::kReturnedToSender;
    const int rank = static_cast<int>(gone_astray ? ShipmentState::kShipped : shipment.status);
    any = true;
    begun = begun || rank > static_cast<int>(ShipmentState::kPending);
    least = std::min(least, rank);
  }
  if (!any || !begun) return std::nullopt;
  switch (static_cast<ShipmentState>(least)) {
    case ShipmentState::kPacked:
      return OrderState::kPacked;
    case ShipmentState::kShipped:
      return OrderState::kShipped;
    case ShipmentState::kDelivered:
      return OrderState::kDelivered;
    default:
      return OrderState::kProcessing;
  }
}

OrderTrigger trigger_towards(OrderState target) {
  switch (target) {
    case OrderState::kPacked:
      return OrderTrigger::kPacked;
    case OrderState::kShipped:
      return OrderTrigger::kShipped;
    case OrderState::kDelivered:
      return OrderTrigger::kDelivered;
    default:
      return OrderTrigger::kPicking;
  }
}

// Each product once, however many lines it has.
void add_units(std::vector<ProductUnits>& all, ProductId product, std::int64_t quantity) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.product_id == product; });
  if (found == all.end())
    all.push_back({product, quantity});
  else
    found->quantity += quantity;
}

std::vector<ProductUnits> products_of(const Document& document, const OrderCancellation& cancellation) {
  std::vector<ProductUnits> all;
  for (const auto& cancelled : cancellation.lines)
    for (const auto& line : document.lines)
      if (line.id == cancelled.line_id && cancelled.quantity > 0) add_units(all, line.product_id, cancelled.quantity);
  return all;
}

Result<void> tell(db::Tx& tx, const Order& order, OrderState from, std::string_view event, const std::string& by) {
  const std::string subject = order.id.text();
  const Time now = order.updated;
  if (event == OrderConfirmed::kName) return services::emit(tx, OrderConfirmed{order.id}, subject, now);
  if (event == OrderCancelled::kName) {
    OrderCancelled news{order.id, by, {}};
    const auto& all = order.document.cancellations;
    if (all && !all->empty()) news.products = products_of(order.document, all->back());
    return services::emit(tx, news, subject, now);
  }
  if (event == OrderPaymentFailed::kName) return services::emit(tx, OrderPaymentFailed{order.id}, subject, now);
  KONTOR_ASSERT(event == OrderStatusChanged::kName);
  return services::emit(tx, OrderStatusChanged{order.id, std::string(name_of(from)), std::string(name_of(order.state))},
                        subject, now);
}

// An order that was cancelled before cancellations were kept costs nothing either.
OrderTotals totals_now(const Order& order) {
  OrderTotals totals = totals_left(order.document);
  if (order.state != OrderState::kCancelled || order.document.cancellations) return totals;
  const Money none = Money::minor(0, totals.total.currency());
  totals.subtotal = totals.shipping = totals.tax = totals.total = none;
  totals.taxes.reset();
  totals.shipping_tax.reset();
  for (auto& discount : totals.discounts) discount.amount = none;
  return totals;
}

// The document is saved for the payment's sake anyhow.
void note_money(Order& order, const OrderPayment& before, const OrderPayment& after, const std::string& by, Time now) {
  auto& timeline = order.document.timeline;
  const Time at = timeline.empty() ? now : std::max(now, timeline.back().at);
  const auto note = [&](const char* what, Money amount) {
    timeline.push_back({order.state, at, by, {}, what, amount});
  };
  if (before.status != "captured" && after.status == "captured")
    note("captured", after.released ? after.amount - *after.released : after.amount);
  if (after.refunded > before.refunded) note("refunded", after.refunded - before.refunded);
}

}  // namespace

std::string Order::number() const { return order_number(id); }

OrderView view_of(const Order& order) {
  const auto& document = order.document;
  return {order.id,
          order.number(),
          order.state,
          order.customer,
          order.email,
          document.lines,
          document.shipments,
          document.payments,
          document.totals,
          totals_now(order),
          document.cancellations.value_or(std::vector<OrderCancellation>()),
          document.timeline,
          document.shipping_address,
          document.billing_address,
          document.tax_id,
          order.created,
          order.updated,
          order.version};
}

Result<void> Orders::place(db::Tx& tx, const Order& order, const std::string& document) {
  KONTOR_ASSERT(order.state == OrderState::kConfirmed || order.state == OrderState::kPending);
  KONTOR_ASSERT(!order.document.lines.empty());
  const Money total = order.document.totals.total;
  TRY_DO(tx.later(kInsertOrder, nullptr, order.id, order.customer, order.checkout, order.reservation, order.state,
                  total.currency(), total.amount_minor(), order.email, document, order.created));
  if (!bugs_.event_outside) TRY_DO(tell_placed(tx, order));
  return desk_ == nullptr ? Result<void>() : desk_->open(tx, order);
}

Result<void> Orders::tell_placed(db::Tx& tx, const Order& order) {
  const Money total = order.document.totals.total;
  OrderPlaced news{order.id, order.checkout, order.customer, std::string(name_of(order.state)), total, 0, {}};
  for (const auto& line : order.document.lines) {
    news.item_count += line.quantity;
    add_units(news.products, line.product_id, line.quantity);
  }
  const std::string subject = order.id.text();
  std::vector<services::Fact> facts;
  facts.push_back(services::fact(news, subject));
  if (order.state == OrderState::kConfirmed) facts.push_back(services::fact(OrderConfirmed{order.id}, subject));
  return services::emit_all(tx, facts, order.created);
}

Result<Order> Orders::load(db::Tx& tx, OrderId id) {
  TRY(const auto rows, tx.ask(kFindOrder, id));
  if (rows.empty()) return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
  return order_of(rows.front());
}

Result<void> Orders::save(db::Tx& tx, Order& order, Time now) {
  const std::string document = json::print(order.document);
  TRY(const auto saved, tx.run(kSaveOrder, order.id, order.version, order.state, document, now));
  if (saved == 0)
    return fail(Errc::kVersionConflict, "orders.version_conflict", "The order has changed in the meantime.");
  order.version += 1;
  order.updated = now;
  return {};
}

// The one way in which an order changes its state: a row of the table, a line of the timeline, an event.
Result<void> Orders::move(db::Tx& tx, Order& order, OrderTrigger on, const std::string& by, Time now) {
  const auto* row = kOrderTable.find(order.state, on);
  KONTOR_ASSERT(row != nullptr);
  if (row->to == order.state) return {};
  const OrderState from = order.state;
  order.state = row->to;
  order.updated = now;
  auto& timeline = order.document.timeline;
  // A clock that was set back does not turn the timeline round.
  const Time at = timeline.empty() ? now : std::max(now, timeline.back().at);
  timeline.push_back({row->to, at, by});
  return tell(tx, order, from, row->emits, by);
}

Result<Cancelled> Orders::cancel(db::Tx& tx, OrderId id, const std::string& by, const CancelOrder& wish) {
  TRY(auto order, load(tx, id));
  if (order.state == OrderState::kCancelled && !wish.lines) return Cancelled{std::move(order), 0};
  if (wish.version && *wish.version != order.version)
    return fail(Errc::kVersionConflict, "orders.version_conflict", "The order has changed since it was shown.");
  const Time now = clock_.now();
  const bool possible = order.state != OrderState::kCancelled && kOrderTable.find(order.state, OrderTrigger::kCancel);
  if (!possible && !bugs_.cancel_what_is_packed)
    return fail(Errc::kNotCancellable, "orders.not_cancellable",
                "The order is " + std::string(name_of(order.state)) + "; it can be cancelled until it is packed.");
  TRY(auto cancellation, plan_cancellation(order.document, wish, repricing_));
  cancellation.at = now;
  cancellation.by = by;
  auto& document = order.document;
  cancellation.number = 1 + (document.cancellations ? static_cast<std::int64_t>(document.cancellations->size()) : 0);
  if (desk_ != nullptr) TRY_DO(desk_->take_out(tx, id, cancellation.units, now));
  apply_cancellation(document, cancellation);
  order.updated = now;
  if (nothing_left(document) && possible) {
    TRY_DO(move(tx, order, OrderTrigger::kCancel, by, now));
    document.timeline.back().cancellation = cancellation.number;
  } else {
    document.timeline.push_back({order.state, std::max(now, document.timeline.back().at), by, cancellation.number});
    TRY_DO(tell_cancelled(tx, order, cancellation));
    TRY_DO(follow_shipments(tx, order, by, now));  // what was waited for may be gone
  }
  TRY_DO(save(tx, order, now));
  return Cancelled{std::move(order), cancellation.number};
}

Result<void> Orders::tell_cancelled(db::Tx& tx, Order& order, const OrderCancellation& cancellation) {
  OrderLinesCancelled news{order.id,
                           cancellation.number,
                           cancellation.by,
                           {},
                           cancellation.refund,
                           cancellation.total_after,
                           products_of(order.document, cancellation)};
  for (const auto& line : cancellation.lines)
    if (line.quantity > 0) news.lines.push_back({line.offer_id, line.quantity});
  return services::emit(tx, news, order.id.text(), order.updated);
}

// Moves the order to its least advanced shipment, state by state: one that goes on alone may be far ahead of one that
// was cancelled.
Result<void> Orders::follow_shipments(db::Tx& tx, Order& order, const std::string& by, Time now) {
  const auto target = least_advanced(order.document.shipments);
  if (!target) return {};
  constexpr OrderState kWay[] = {OrderState::kProcessing, OrderState::kPacked, OrderState::kShipped,
                                 OrderState::kDelivered};
  for (const OrderState next : kWay) {
    if (next > *target) break;
    const auto on = trigger_towards(next);
    if (order.state < next && kOrderTable.find(order.state, on) != nullptr) TRY_DO(move(tx, order, on, by, now));
  }
  KONTOR_ASSERT(order.state == *target);
  return {};
}

Result<void> Orders::payment_changed(db::Tx& tx, OrderId id, const OrderPayment& payment, const std::string& by) {
  TRY(auto order, load(tx, id));
  for (auto& shown : order.document.payments) {
    if (shown.id != payment.id) continue;
    const Time now = clock_.now();
    note_money(order, shown, payment, by, now);
    shown = payment;
    return save(tx, order, now);
  }
  return fail(Errc::kNotFound, "orders.no_such_payment", "The order has no such payment.");
}

Result<OrderState> Orders::shipment_changed(db::Tx& tx, OrderId id, const ShipmentNews& news, const std::string& by) {
  TRY(auto order, load(tx, id));
  if (order.state == OrderState::kCancelled || order.state == OrderState::kPending)
    return fail(Errc::kConflict, "orders.not_being_fulfilled",
                "The order is " + std::string(name_of(order.state)) + ".");
  const Time now = clock_.now();
  auto& shipments = order.document.shipments;
  const auto found = std::find_if(shipments.begin(), shipments.end(), [&](const auto& s) { return s.id == news.id; });
  if (found == shipments.end())
    return fail(Errc::kNotFound, "orders.no_such_shipment", "The order has no such shipment.");
  found->status = news.status;
  if (news.carrier) found->carrier = news.carrier;
  if (news.tracking_number) found->tracking_number = news.tracking_number;
  TRY_DO(follow_shipments(tx, order, by, now));
  TRY_DO(save(tx, order, now));
  return order.state;
}

Result<std::optional<Order>> Orders::find(OrderId id) {
  std::optional<Order> found;
  TRY_DO(store_.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.reset();
    TRY(const auto rows, tx.ask(kFindOrder, id));
    if (rows.empty()) return {};
    TRY(found, order_of(rows.front()));
    return {};
  }));
  return found;
}

Result<std::vector<Order>> Orders::find_all(std::span<const OrderId> ids) {
  std::vector<std::vector<db::Param>> sets;
  for (const OrderId id : ids) sets.push_back({id});
  std::vector<Order> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    TRY(const auto answers, tx.ask_each(kFindOrder, sets));
    for (const auto& rows : answers) TRY_DO(append(found, rows));
    return {};
  }));
  return found;
}

Result<Order> Orders::look_up(std::string_view number, std::string_view email) {
  const auto id = parse_order_number(trim(number));
  std::optional<Order> order;
  if (id) {
    TRY(order, find(*id));
  }
  if (!order || order->email.empty() || !iequals_ascii(order->email, trim(email)))
    return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
  return std::move(*order);
}

Result<std::vector<Order>> Orders::list(const ListQuery& query) {
  std::vector<Order> orders;
  const std::int64_t before = query.before ? query.before->value : std::numeric_limits<std::int64_t>::max();
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    orders.clear();
    if (query.customer) {
      TRY(const auto rows, tx.ask(kOrdersOfCustomer, *query.customer, before, query.limit));
      return append(orders, rows);
    }
    if (query.updated_since) {
      const auto after = query.after.value_or(std::pair{Time{query.updated_since->ms}, OrderId{0}});
      TRY(const auto rows, tx.ask(kOrdersChangedAfter, after.first, after.second, query.limit));
      return append(orders, rows);
    }
    TRY(const auto rows, tx.ask(kOrdersBefore, before, query.limit));
    return append(orders, rows);
  }));
  return orders;
}

Result<std::vector<Order>> Orders::after(OrderId last, int limit) {
  std::vector<Order> orders;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    orders.clear();
    TRY(const auto rows, tx.ask(kOrdersAfter, last, limit));
    return append(orders, rows);
  }));
  return orders;
}

Result<void> Orders::each(const std::function<void(const Order&)>& visit) {
  OrderId last;
  while (true) {
    TRY(const auto orders, after(last, 500));
    if (orders.empty()) return {};
    for (const auto& order : orders) visit(order);
    last = orders.back().id;
  }
}

}  // namespace kontor::orders
