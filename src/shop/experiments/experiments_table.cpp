#include "shop/experiments/experiments_table.h"

namespace kontor::experiments {
namespace {

// Two numbers that differ in anything differ in half of their bits afterwards (splitmix64's last steps).
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

}  // namespace

// Whether somebody takes part and what they get then are drawn apart: raising the share moves nobody from arm to arm.
std::size_t Running::arm_of(std::uint64_t visitor) const {
  const std::uint64_t draw = mixed(visitor ^ salt);
  if (static_cast<std::int64_t>(draw % 100) >= share_percent) return 0;
  auto left = static_cast<std::int64_t>(mixed(draw + 0x9E3779B97F4A7C15ull) % static_cast<std::uint64_t>(weights));
  for (std::size_t i = 1; i < arms.size(); ++i) {
    if (left < arms[i].weight) return i;
    left -= arms[i].weight;
  }
  return 0;
}

bool Running::is_new(std::uint64_t visitor) const {
  auto& place = seen[mixed(visitor) % kPlaces];
  if (place.load(std::memory_order_relaxed) == visitor) return false;
  place.store(visitor, std::memory_order_relaxed);
  return true;
}

void Running::forget(std::uint64_t visitor) const {
  auto& place = seen[mixed(visitor) % kPlaces];
  place.compare_exchange_strong(visitor, 0, std::memory_order_relaxed);
}

std::shared_ptr<const Running> compile(const Kept& experiment) {
  auto out = std::make_shared<Running>();
  const Definition& definition = experiment.definition;
  out->id = experiment.id;
  out->salt = mixed(static_cast<std::uint64_t>(experiment.id.value));
  out->share_percent = definition.share_percent;
  out->arms.push_back({definition.key + "/" + std::string(kControl), 0, nullptr});
  for (const Arm& arm : definition.arms) {
    out->arms.push_back(
        {definition.key + "/" + arm.name, arm.weight, std::make_shared<const json::Raw>(arm.configuration)});
    out->weights += arm.weight;
  }
  out->seen = std::make_unique<std::atomic<std::uint64_t>[]>(Running::kPlaces);
  return out;
}

Table compile(const std::vector<Kept>& experiments) {
  Table table;
  for (const Kept& one : experiments) {
    if (one.state == State::kRunning) table.by_subject.emplace(one.definition.subject, compile(one));
    if (one.state != State::kDraft && !one.results) table.counted.push_back({one.id, one.ended_at});
  }
  return table;
}

}  // namespace kontor::experiments
