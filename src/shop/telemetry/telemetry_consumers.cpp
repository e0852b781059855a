#include "shop/telemetry/telemetry_consumers.h"

#include <map>
#include <utility>

#include "runtime/json.h"
#include "shop/orders/events.h"
#include "shop/telemetry/telemetry_store.h"

namespace kontor::telemetry {
namespace {

constexpr std::int64_t kRestMs = 300;
constexpr std::size_t kAtOnce = 1000;  // no purchase writes to what visitors do
constexpr std::int64_t kChangeMs = 60'000;

struct SaleTally {
  std::int64_t purchases = 0, units = 0, cancelled = 0;
};
using Sales = std::map<std::pair<ProductId, std::int64_t>, SaleTally>;  // by day

Result<void> add(Sales& sales, const LoggedEvent& event) {
  const std::int64_t day = event.at.ms / kDayMs;
  if (event.name == orders::OrderPlaced::kName) {
    TRY(const auto placed, json::read<orders::OrderPlaced>(event.body));
    for (const auto& one : placed.products) {
      SaleTally& tally = sales[{one.product_id, day}];
      tally.purchases += 1;
      tally.units += one.quantity;
    }
    return {};
  }
  std::vector<orders::ProductUnits> cancelled;
  if (event.name == orders::OrderCancelled::kName) {
    TRY(auto told, json::read<orders::OrderCancelled>(event.body));
    cancelled = std::move(told.products);
  } else {
    TRY(auto told, json::read<orders::OrderLinesCancelled>(event.body));
    cancelled = std::move(told.products);
  }
  for (const auto& one : cancelled) sales[{one.product_id, day}].cancelled += one.quantity;
  return {};
}

// The end of this minute: who asks for what changed since a moment of it hears of everything, some of it twice, and a
// row that changes by the second changes its place in the index of changes by the minute.
Time change_time(Time now) { return Time{(now.ms / kChangeMs + 1) * kChangeMs}; }

Result<void> write(db::Tx& tx, std::span<const LoggedEvent* const> events, Time now) {
  Sales sales;
  for (const LoggedEvent* event : events) TRY_DO(add(sales, *event));
  std::vector<std::vector<db::Param>> sets;
  for (const auto& [key, tally] : sales)
    sets.push_back({key.first, key.second, tally.purchases, tally.units, tally.cancelled, change_time(now)});
  if (!sets.empty()) TRY_DO(tx.run_each(store::kAddSale, sets));
  return {};
}

}  // namespace

services::Consumer sales_consumer(Clock& clock) {
  services::Consumer consumer;
  consumer.name = "telemetry.sales";
  consumer.handles = {std::string(orders::OrderPlaced::kName), std::string(orders::OrderCancelled::kName),
                      std::string(orders::OrderLinesCancelled::kName)};
  consumer.homes = db::Home::kTelemetry;
  consumer.rest_ms = kRestMs;
  consumer.at_once = kAtOnce;
  consumer.handle_in_tx = [&clock](db::Tx& tx, const LoggedEvent& event) {
    const LoggedEvent* one = &event;
    return write(tx, {&one, 1}, clock.now());
  };
  consumer.handle_all_in_tx = [&clock](db::Tx& tx, std::span<const LoggedEvent* const> events) {
    return write(tx, events, clock.now());
  };
  return consumer;
}

}  // namespace kontor::telemetry
