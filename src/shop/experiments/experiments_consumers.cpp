#include "shop/experiments/experiments_consumers.h"

#include "runtime/json.h"
#include "shop/experiments/events.h"
#include "shop/orders/events.h"

namespace kontor::experiments {
namespace {

constexpr std::int64_t kRestMs = 300;
constexpr std::size_t kAtOnce = 1000;  // no purchase writes to what visitors do

Result<void> count(db::Tx& tx, const Experiments& experiments, std::span<const LoggedEvent* const> events) {
  std::vector<Experiments::Purchase> purchases;
  for (const LoggedEvent* event : events) {
    TRY(const auto placed, json::read<orders::OrderPlaced>(event->body));
    purchases.push_back({placed.customer_id, placed.total, event->at});
  }
  return experiments.count(tx, purchases);
}

}  // namespace

services::Consumer orders_consumer(const Experiments& experiments) {
  services::Consumer consumer;
  consumer.name = "experiments.orders";
  consumer.handles = {std::string(orders::OrderPlaced::kName)};
  consumer.homes = db::Home::kTelemetry;
  consumer.rest_ms = kRestMs;
  consumer.at_once = kAtOnce;
  consumer.handle_in_tx = [&experiments](db::Tx& tx, const LoggedEvent& event) {
    const LoggedEvent* one = &event;
    return count(tx, experiments, {&one, 1});
  };
  consumer.handle_all_in_tx = [&experiments](db::Tx& tx, std::span<const LoggedEvent* const> events) {
    return count(tx, experiments, events);
  };
  return consumer;
}

services::Consumer memory_consumer(Experiments& experiments) {
  services::Consumer consumer;
  consumer.name = "experiments.memory";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles = {std::string(ExperimentChanged::kName)};
  consumer.handle = [&experiments](const LoggedEvent&) { return experiments.reload(); };
  return consumer;
}

}  // namespace kontor::experiments
