#include "app/load_watch.h"

#include <algorithm>

#include "runtime/monotonic.h"

namespace kontor::app {
namespace {

constexpr std::int64_t kProbeMs = 100;
constexpr std::int64_t kWheelMs = 10;  // timers are as coarse as that
constexpr std::int64_t kMeasureMs = 250;

// How much later than it wanted a fiber went on: behind long turns, and behind all that was ready before it.
std::int64_t feel_delay() {
  const std::int64_t began = runtime::monotonic_micros();
  runtime::sleep_for(kProbeMs);
  const std::int64_t awake = runtime::monotonic_micros();
  runtime::yield();
  const std::int64_t late = awake - began - (kProbeMs + kWheelMs) * 1000;
  return std::max<std::int64_t>(late, 0) + runtime::monotonic_micros() - awake;
}

}  // namespace

void LoadWatch::add(runtime::Loop& loop, std::function<std::size_t()> requests) {
  Place& place = *places_.emplace_back(std::make_unique<Place>());
  place.requests = std::move(requests);
  loop.spawn([&place] {
    while (true) place.delay_us.store(feel_delay(), std::memory_order_relaxed);
  });
}

services::Load LoadWatch::load() const {
  services::Load worst;
  for (const auto& place : places_) {
    worst.delay_us = std::max(worst.delay_us, place->delay_us.load(std::memory_order_relaxed));
    worst.requests = std::max(worst.requests, static_cast<std::int64_t>(place->requests()));
  }
  return worst;
}

void LoadWatch::start(runtime::Loop& loop) {
  loop.spawn([this] {
    while (true) {
      runtime::sleep_for(kMeasureMs);
      degradation_.measured(load());
    }
  });
}

}  // namespace kontor::app
