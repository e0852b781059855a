// What the port does not promise: how this adapter bounds its memory. The rest is in tests/contracts.
#include "adapters/cache_memory/memory_cache.h"

#include <doctest/doctest.h>

#include "tests/support/test_store.h"

namespace kontor::cache_memory {
namespace {

TEST_CASE("memory is bounded: what ends first makes room, what has ended before everything else") {
  testing::FakeClock clock;
  MemoryCache cache(clock, 1 << 20);
  for (int i = 0; i < 20'000; ++i) REQUIRE(cache.put("soon" + std::to_string(i), std::string(100, 'x'), kMinuteMs));
  CHECK(cache.stats().weight <= 1 << 20);
  CHECK(cache.stats().entries > 2000);
  CHECK(cache.stats().evicted > 10'000);
  for (int i = 0; i < 500; ++i) REQUIRE(cache.put("late" + std::to_string(i), std::string(100, 'x'), kHourMs));
  clock.advance_ms(2 * kMinuteMs);
  const auto evicted = cache.stats().evicted;
  for (int i = 0; i < 500; ++i) REQUIRE(cache.put("new" + std::to_string(i), std::string(100, 'x'), kMinuteMs));
  CHECK(cache.stats().evicted == evicted);  // those that had ended were enough
  for (int i = 0; i < 500; ++i) CHECK(cache.get("late" + std::to_string(i))->has_value());
}

TEST_CASE("what is larger than its room is taken and not kept, and nothing else goes for it") {
  testing::FakeClock clock;
  MemoryCache cache(clock, 160'000);  // ten thousand a shard
  REQUIRE(cache.put("small", "x", kMinuteMs));
  REQUIRE(cache.put("large", "x", kMinuteMs));
  CHECK(cache.put("large", std::string(20'000, 'x'), kMinuteMs));
  CHECK_FALSE(cache.get("large")->has_value());
  CHECK(cache.get("small")->has_value());
  CHECK(cache.stats().evicted == 0);
}

TEST_CASE("a clock that is set back ends what was put later, instead of keeping it for ever") {
  testing::FakeClock clock;
  MemoryCache cache(clock, 1 << 20);
  REQUIRE(cache.put("a", "x", kMinuteMs));
  clock.advance_ms(-kDayMs);
  CHECK_FALSE(cache.get("a")->has_value());
  CHECK(*cache.add("a", 1, kMinuteMs) == 1);
}

TEST_CASE("hits and misses are counted") {
  testing::FakeClock clock;
  MemoryCache cache(clock, 1 << 20);
  REQUIRE(cache.put("a", "x", kMinuteMs));
  const std::string keys[] = {"a", "b"};
  REQUIRE(cache.get("a"));
  REQUIRE(cache.get_many(keys));
  CHECK(cache.stats().hits == 2);
  CHECK(cache.stats().misses == 1);
  CHECK(cache.stats().entries == 1);
}

}  // namespace
}  // namespace kontor::cache_memory
