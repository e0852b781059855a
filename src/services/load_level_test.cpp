#include "services/load_level.h"

#include <doctest/doctest.h>

#include "tests/support/test_store.h"

namespace kontor::services {
namespace {

constexpr std::int64_t kStepMs = 250;

struct Machine {
  explicit Machine(LoadThresholds thresholds = {}) : level(thresholds) {}
  // How long the level took to become another, at most `ms`.
  std::int64_t feed(const Load& load, std::int64_t ms) {
    const int before = level.level();
    for (std::int64_t passed = 0; passed < ms; passed += kStepMs) {
      now = now.plus_ms(kStepMs);
      if (level.step(now, load) != before) return passed;
    }
    return ms;
  }
  LoadLevel level;
  Time now{1'790'000'000'000};
};

Load delayed(std::int64_t ms) { return {ms * 1000, 0}; }
Load crowded(std::int64_t requests) { return {0, requests}; }

TEST_CASE("every level is reached by either measure, straight, and left one at a time") {
  const LoadThresholds usual;
  for (std::size_t i = 0; i < kMostLevel; ++i) {
    const int wanted = static_cast<int>(i) + 1;
    for (const Load load : {delayed(usual.delay_ms[i]), crowded(usual.requests[i])}) {
      Machine machine;
      CHECK(machine.feed(load, kMinuteMs) == usual.rise_after_ms);
      CHECK(machine.level.level() == wanted);
      for (int level = wanted - 1; level >= 0; --level) {
        CHECK(machine.feed({}, kMinuteMs) >= usual.fall_after_ms - kStepMs);
        CHECK(machine.level.level() == level);
      }
      machine.feed({}, kMinuteMs);
      CHECK(machine.level.level() == 0);
    }
  }
}

TEST_CASE("a moment is no load, nor is a gap in the measurements") {
  Machine machine;
  machine.feed(delayed(5000), 750);
  machine.feed({}, kStepMs);
  machine.feed(delayed(5000), 750);
  CHECK(machine.level.level() == 0);
  machine.feed({}, kStepMs);
  machine.now = machine.now.plus_ms(kHourMs);  // what the clock skips is a second at most, and the first step none
  CHECK(machine.level.step(machine.now, delayed(5000)) == 0);
  machine.now = machine.now.plus_ms(-kDayMs);
  CHECK(machine.level.step(machine.now, delayed(5000)) == 0);
}

TEST_CASE("it rises to what was exceeded all the while, not to a peak") {
  Machine machine;
  machine.feed(crowded(5000), 750);
  machine.feed(crowded(900), kStepMs);
  machine.feed(crowded(5000), kStepMs);
  CHECK(machine.level.level() == 2);
}

TEST_CASE("between the threshold and well below it the level stays") {
  Machine machine;
  machine.feed(crowded(800), kMinuteMs);
  REQUIRE(machine.level.level() == 2);
  CHECK(machine.feed(crowded(799), kHourMs) == kHourMs);
  CHECK(machine.feed(crowded(480), kHourMs) == kHourMs);  // 60 % of 800
  CHECK(machine.feed(crowded(479), kMinuteMs) < kMinuteMs);
  CHECK(machine.level.level() == 1);
  CHECK(machine.feed(crowded(479), kHourMs) == kHourMs);
}

TEST_CASE("thresholds are four whole numbers that do not fall") {
  CHECK(LoadThresholds::parse("100 250 500 1000") == LoadThresholds{}.delay_ms);
  CHECK(LoadThresholds::parse(" 0  0 0 0 ") == LoadThresholds::Each{});
  for (const auto* text :
       {"", "1 2 3", "1 2 3 4 5", "4 3 5 6", "-1 2 3 4", "1 2 3 4x", "1,2,3,4", "1 2 3 99999999999999999999"})
    CHECK_FALSE(LoadThresholds::parse(text));
}

TEST_CASE("without following the load there is no level") {
  LoadThresholds blind;
  blind.follows_load = false;
  Machine machine(blind);
  machine.feed(delayed(100'000), kHourMs);
  CHECK(machine.level.level() == 0);
}

// Any history of loads: no change comes sooner than its time after the one before, falls are single steps, a steady
// load settles, and when it ends the level ends at 0.
TEST_CASE("whatever the load does, the level never flaps and comes home") {
  testing::SeededRandom random(20260729);
  for (int history = 0; history < 300; ++history) {
    Machine machine;
    const auto& usual = machine.level.thresholds();
    Time changed{0};
    int level = 0;
    for (int piece = 0; piece < 40; ++piece) {
      const Load load{static_cast<std::int64_t>(random.number() % 1'500'000),
                      static_cast<std::int64_t>(random.number() % 2000)};
      const auto steps = static_cast<int>(random.number() % 60);
      for (int step = 0; step < steps; ++step) {
        machine.now = machine.now.plus_ms(static_cast<std::int64_t>(random.number() % 500));
        const int now = machine.level.step(machine.now, load);
        REQUIRE(now >= 0);
        REQUIRE(now <= kMostLevel);
        if (now == level) continue;
        const std::int64_t since = machine.now.ms - changed.ms;
        if (now < level) REQUIRE(now == level - 1);
        REQUIRE(since >= (now < level ? usual.fall_after_ms : usual.rise_after_ms));
        level = now;
        changed = machine.now;
      }
    }
    const Load steady{static_cast<std::int64_t>(random.number() % 1'500'000), 0};
    machine.feed(steady, kMinuteMs);
    for (int i = 0; i < kMostLevel; ++i) machine.feed(steady, kMinuteMs);
    CHECK(machine.feed(steady, kHourMs) == kHourMs);
    for (int i = 0; i < kMostLevel; ++i) machine.feed({}, kMinuteMs);
    CHECK(machine.level.level() == 0);
  }
}

}  // namespace
}  // namespace kontor::services
