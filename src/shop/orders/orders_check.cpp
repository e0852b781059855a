// What must hold for every order, by itself.
#include <map>

#include "shop/orders/orders.h"

namespace kontor::orders {
namespace {

void check_money(services::CheckReport& report, const Order& order) {
  const auto& totals = order.document.totals;
  const Money zero = Money::minor(0, totals.total.currency());
  Money lines = zero, subtotal = zero, discount = zero, paid = zero;
  for (const auto& line : order.document.lines) {
    lines = lines + line.line_total;
    subtotal = subtotal + line.unit_price * line.quantity;
    discount = discount + line.discount;
    if (line.line_total.amount_minor() < 0)
      report.fail("orders.no_negative_line", order.id.text() + " " + line.id.text());
  }
  for (const auto& payment : order.document.payments) paid = paid + payment.amount;
  if (subtotal != totals.subtotal)
    report.fail("orders.subtotal_adds_up",
                order.id.text() + ": lines " + subtotal.text() + ", order " + totals.subtotal.text());
  const Money whole = lines + totals.shipping_whole();
  if (whole != totals.total)
    report.fail("orders.total_adds_up",
                order.id.text() + ": lines and shipping " + whole.text() + ", order " + totals.total.text());
  Money tax = totals.shipping_tax.value_or(zero), parts = zero;
  for (const auto& line : order.document.lines) tax = tax + line.tax;
  if (totals.taxes)
    for (const auto& part : *totals.taxes) parts = parts + part.tax;
  if (tax != totals.tax || (totals.taxes && parts != totals.tax))
    report.fail("orders.tax_adds_up",
                order.id.text() + ": lines and shipping " + tax.text() + ", order " + totals.tax.text());
  if (paid != totals.total)
    report.fail("orders.paid_in_full", order.id.text() + ": paid " + paid.text() + " of " + totals.total.text());
}

void check_timeline(services::CheckReport& report, const Order& order) {
  const auto& timeline = order.document.timeline;
  if (timeline.empty() || timeline.back().status != order.state) {
    report.fail("orders.timeline_ends_at_state", order.id.text());
    return;
  }
  for (std::size_t i = 1; i < timeline.size(); ++i) {
    const bool no_move =
        (timeline[i].cancellation || timeline[i].payment) && timeline[i].status == timeline[i - 1].status;
    if (!no_move && !kOrderTable.leads(timeline[i - 1].status, timeline[i].status))
      report.fail("orders.timeline_follows_table", order.id.text() + ": " +
                                                       std::string(name_of(timeline[i - 1].status)) + " to " +
                                                       std::string(name_of(timeline[i].status)));
    if (timeline[i].at < timeline[i - 1].at) report.fail("orders.timeline_in_order", order.id.text());
  }
}

void check_shipments(services::CheckReport& report, const Order& order) {
  std::map<std::int64_t, std::int64_t> units;
  if (order.state != OrderState::kCancelled)
    for (const auto& line : order.document.lines) units[line.offer_id.value] += line.left();
  for (const auto& shipment : order.document.shipments)
    if (shipment.status != ShipmentState::kCancelled)
      for (const auto& item : shipment.items) units[item.offer_id.value] -= item.quantity;
  for (const auto& [offer, left] : units)
    if (left != 0)
      report.fail("orders.shipments_hold_lines",
                  order.id.text() + ": " + OfferId{offer}.text() + " differs by " + std::to_string(left));
}

void check_one_cancellation(services::CheckReport& report, const Order& order, const OrderCancellation& cancellation) {
  const std::string called = order.id.text() + " " + std::to_string(cancellation.number);
  const Money none = Money::minor(0, order.currency());
  Money lines = none, shares = none;
  std::map<std::int64_t, std::int64_t> units;
  for (const auto& line : cancellation.lines) {
    lines = lines + line.line_total;
    units[line.offer_id.value] += line.quantity;
  }
  for (const auto& share : cancellation.refunds) shares = shares + share.amount;
  for (const auto& taken : cancellation.units) units[taken.offer_id.value] -= taken.quantity;
  if (lines + cancellation.shipping != cancellation.refund || shares != cancellation.refund)
    report.fail("orders.cancellation_adds_up", called + ": " + cancellation.refund.text() + " comes back");
  if (cancellation.total_before - cancellation.refund != cancellation.total_after || cancellation.total_after < none)
    report.fail("orders.cancellation_lowers_the_total", called);
  for (const auto& [offer, left] : units)
    if (left != 0) report.fail("orders.cancellation_takes_its_units", called + ": " + OfferId{offer}.text());
}

// One after the other they take the total down, to nothing when the order is cancelled; each line knows its units.
void check_cancellations(services::CheckReport& report, const Order& order) {
  if (!order.document.cancellations) return;  // none, or cancelled before they were kept
  std::map<std::int64_t, std::int64_t> units;
  Money total = order.document.totals.total;
  std::int64_t number = 0;
  for (const auto& cancellation : *order.document.cancellations) {
    check_one_cancellation(report, order, cancellation);
    if (cancellation.total_before != total || cancellation.number != ++number)
      report.fail("orders.cancellations_follow_each_other", order.id.text() + " " + std::to_string(number));
    total = cancellation.total_after;
    for (const auto& line : cancellation.lines) units[line.line_id.value] += line.quantity;
  }
  bool whole = true;
  for (const auto& line : order.document.lines) {
    whole = whole && line.left() == 0;
    if (units[line.id.value] != line.cancelled.value_or(0) || line.left() < 0)
      report.fail("orders.lines_know_what_is_cancelled", order.id.text() + " " + line.id.text());
  }
  const bool cancelled = order.state == OrderState::kCancelled;
  if (whole != cancelled || (cancelled && total != Money::minor(0, order.currency())))
    report.fail("orders.cancelled_when_nothing_is_left", order.id.text() + ": " + total.text() + " is left");
  const auto left = totals_left(order.document);
  Money lines = order.document.totals.total - order.document.totals.shipping_whole();
  for (const auto& cancellation : *order.document.cancellations)
    lines = lines - (cancellation.refund - cancellation.shipping);
  if (lines + left.shipping_whole() != total || left.total != total)
    report.fail("orders.totals_left_add_up", order.id.text() + ": " + left.total.text());
}

}  // namespace

Result<void> Orders::check(services::CheckReport& report) {
  std::int64_t count = 0;
  TRY_DO(each([&](const Order& order) {
    ++count;
    check_money(report, order);
    check_timeline(report, order);
    check_shipments(report, order);
    check_cancellations(report, order);
  }));
  report.looked_at("orders", count);
  return {};
}

}  // namespace kontor::orders
