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
  if (lines + totals.shipping != totals.total)
    report.fail("orders.total_adds_up", order.id.text() + ": lines and shipping " + (lines + totals.shipping).text() +
                                            ", order " + totals.total.text());
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
    if (!kOrderTable.leads(timeline[i - 1].status, timeline[i].status))
      report.fail("orders.timeline_follows_table", order.id.text() + ": " +
                                                       std::string(name_of(timeline[i - 1].status)) + " to " +
                                                       std::string(name_of(timeline[i].status)));
    if (timeline[i].at < timeline[i - 1].at) report.fail("orders.timeline_in_order", order.id.text());
  }
}

void check_shipments(services::CheckReport& report, const Order& order) {
  std::map<std::int64_t, std::int64_t> units;
  for (const auto& line : order.document.lines) units[line.offer_id.value] += line.quantity;
  for (const auto& shipment : order.document.shipments)
    for (const auto& item : shipment.items) units[item.offer_id.value] -= item.quantity;
  for (const auto& [offer, left] : units)
    if (left != 0)
      report.fail("orders.shipments_hold_lines",
                  order.id.text() + ": " + OfferId{offer}.text() + " differs by " + std::to_string(left));
}

}  // namespace

Result<void> Orders::check(services::CheckReport& report) {
  std::int64_t count = 0;
  TRY_DO(each([&](const Order& order) {
    ++count;
    check_money(report, order);
    check_timeline(report, order);
    check_shipments(report, order);
  }));
  report.looked_at("orders", count);
  return {};
}

}  // namespace kontor::orders
