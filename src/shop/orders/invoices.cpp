#include "shop/orders/invoices.h"

#include <algorithm>

#include "runtime/json.h"
#include "shop/orders/events.h"
#include "shop/orders/orders_store.h"

namespace kontor::orders {
namespace {

std::string number_text(std::int64_t year, std::int64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return std::to_string(year) + "-" + digits;
}

std::int64_t year_of(Time time) { return std::stoll(to_rfc3339(time).substr(0, 4)); }

std::int64_t parts_of(const Order& order) {
  return order.document.cancellations ? static_cast<std::int64_t>(order.document.cancellations->size()) : 0;
}

Result<std::vector<Invoice>> issued(db::Tx& tx, OrderId order) {
  TRY(const auto rows, tx.ask(kInvoicesOfOrder, order));
  std::vector<Invoice> found;
  for (const auto row : rows) found.push_back({number_text(row.i64(1), row.i64(2)), row.i64(0), row.time(3)});
  return found;
}

}  // namespace

Result<void> Invoices::issue(db::Tx& tx, OrderId order, std::int64_t parts, Time now) {
  TRY(const auto there, issued(tx, order));
  const std::int64_t year = year_of(now);
  for (auto part = static_cast<std::int64_t>(there.size()); part <= parts; ++part) {
    TRY(const auto number, tx.ask(kNextInvoiceNumber, year, 1));
    KONTOR_ASSERT(number.size() == 1);
    TRY_DO(tx.run(kInsertInvoice, order, part, year, number.front().i64(0), now));
  }
  return {};
}

// Confirmed orders in a row: their numbers are taken at once. Confirmed twice or invoiced on demand, an order is left
// out.
Result<void> Invoices::issue_first(db::Tx& tx, std::span<const OrderId> orders, Time now) {
  std::vector<std::vector<db::Param>> sets;
  for (const OrderId order : orders) sets.push_back({order});
  TRY(const auto there, tx.ask_each(kInvoicesOfOrder, sets));
  std::vector<OrderId> fresh;
  for (std::size_t i = 0; i < orders.size(); ++i)
    if (there[i].empty() && std::find(fresh.begin(), fresh.end(), orders[i]) == fresh.end()) fresh.push_back(orders[i]);
  if (fresh.empty()) return {};
  const std::int64_t year = year_of(now), count = static_cast<std::int64_t>(fresh.size());
  TRY(const auto last, tx.ask(kNextInvoiceNumber, year, count));
  KONTOR_ASSERT(last.size() == 1);
  std::int64_t number = last.front().i64(0) - count;
  sets.clear();
  for (const OrderId order : fresh) sets.push_back({order, 0, year, ++number, now});
  TRY_DO(tx.run_each(kInsertInvoice, sets));
  return {};
}

Result<void> Invoices::take(db::Tx& tx, const LoggedEvent& event) {
  const auto id = OrderId::parse(event.subject);
  if (!id) return fail(Errc::kInternal, "orders.event_without_order", event.name + " of " + event.subject);
  if (event.name == OrderConfirmed::kName) return issue(tx, *id, 0, clock_.now());
  TRY(const auto order, orders_.load(tx, *id));
  // What was cancelled before it was confirmed was never invoiced.
  const auto& timeline = order.document.timeline;
  const bool paid = std::any_of(timeline.begin(), timeline.end(),
                                [](const auto& entry) { return entry.status == OrderState::kConfirmed; });
  return paid ? issue(tx, *id, parts_of(order), clock_.now()) : Result<void>();
}

// In the order of events, as numbers are.
Result<void> Invoices::take_all(db::Tx& tx, std::span<const LoggedEvent* const> events) {
  for (std::size_t at = 0; at < events.size();) {
    std::vector<OrderId> confirmed;
    for (; at < events.size() && events[at]->name == OrderConfirmed::kName; ++at) {
      const auto id = OrderId::parse(events[at]->subject);
      if (!id) break;
      confirmed.push_back(*id);
    }
    if (!confirmed.empty()) TRY_DO(issue_first(tx, confirmed, clock_.now()));
    if (at < events.size()) TRY_DO(take(tx, *events[at++]));
  }
  return {};
}

Result<std::vector<Invoice>> Invoices::of(const Order& order) {
  const bool confirmed = order.state != OrderState::kPending && order.state != OrderState::kPaymentFailed;
  std::vector<Invoice> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(found, issued(tx, order.id));
    return {};
  }));
  const auto parts = parts_of(order);
  if (static_cast<std::int64_t>(found.size()) > parts) return found;
  // Cancelled when cancellations were not kept: nobody ever asked for its invoice, and nothing is owed.
  const bool never = found.empty() && order.state == OrderState::kCancelled && parts == 0;
  if (!confirmed || never)
    return fail(Errc::kNotFound, "orders.not_invoiced", "The order has no invoice; it comes when it is paid for.");
  const Time now = clock_.now();
  TRY_DO(store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(issue(tx, order.id, parts, now));
    TRY(found, issued(tx, order.id));
    return {};
  }));
  return found;
}

services::Consumer Invoices::consumer() {
  services::Consumer consumer;
  consumer.name = "orders.invoices";
  consumer.handles = {std::string(OrderConfirmed::kName), std::string(OrderLinesCancelled::kName),
                      std::string(OrderCancelled::kName)};
  consumer.homes = db::Home::kCustomer;
  consumer.handle_in_tx = [this](db::Tx& tx, const LoggedEvent& event) { return take(tx, event); };
  consumer.handle_all_in_tx = [this](db::Tx& tx, std::span<const LoggedEvent* const> all) { return take_all(tx, all); };
  return consumer;
}

Result<void> Invoices::check(services::CheckReport& report) {
  return store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto years, tx.ask(kInvoiceYears));
    for (const auto row : years) {
      const std::string year = std::to_string(row.i64(0));
      const std::int64_t last = row.i64(1), count = row.i64(2), lowest = row.i64(3), highest = row.i64(4);
      report.looked_at("invoices", count);
      if (count != last || (count > 0 && (lowest != 1 || highest != last)))
        report.fail("orders.invoice_numbers_have_no_gap",
                    year + ": " + std::to_string(count) + " invoices, numbered to " + std::to_string(last));
    }
    TRY(const auto orphans, tx.ask(kInvoicesWithoutOrder));
    for (const auto row : orphans)
      report.fail("orders.invoice_has_its_order",
                  number_text(row.i64(1), row.i64(2)) + ": " + row.id<OrderId>(0).text());
    return {};
  });
}

}  // namespace kontor::orders
