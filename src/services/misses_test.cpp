#include "services/misses.h"

#include <doctest/doctest.h>

#include "adapters/cache_memory/memory_cache.h"
#include "tests/support/test_store.h"

namespace kontor::services {
namespace {

struct MissesWorld {
  testing::FakeClock clock{Time{1'000'000}};
  cache_memory::MemoryCache cache{clock, 1 << 20};
  void pass(std::int64_t ms) { clock.advance_ms(ms); }
};

TEST_CASE("who misses too often waits until the first miss is old; others do not") {
  MissesWorld w;
  Misses misses(&w.cache, "codes", {3, 60 * kSecondMs});
  for (int i = 0; i < 3; ++i) {
    CHECK(misses.allowed("a", w.clock.now()).has_value());
    misses.note("a", w.clock.now());
    w.pass(10 * kSecondMs);
  }
  const auto refused = misses.allowed("a", w.clock.now());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kRateLimited);
  CHECK(refused.error().retry_after_s == 30);
  CHECK(misses.allowed("b", w.clock.now()).has_value());
  w.pass(30 * kSecondMs);
  CHECK(misses.allowed("a", w.clock.now()).has_value());  // two are left in the window
  misses.note("a", w.clock.now());
  CHECK_FALSE(misses.allowed("a", w.clock.now()).has_value());  // three again, of the last minute
  CHECK(misses.allowed("a", w.clock.now()).error().retry_after_s == 10);
}

TEST_CASE("two processes that share a cache count together, and kinds of misses apart") {
  MissesWorld w;
  Misses here(&w.cache, "codes", {4, kMinuteMs}), there(&w.cache, "codes", {4, kMinuteMs});
  Misses cards(&w.cache, "cards", {4, kMinuteMs});
  for (int i = 0; i < 2; ++i) {
    here.note("a", w.clock.now());
    there.note("a", w.clock.now());
  }
  CHECK_FALSE(here.allowed("a", w.clock.now()));
  CHECK_FALSE(there.allowed("a", w.clock.now()));
  CHECK(cards.allowed("a", w.clock.now()));
}

struct AwayCache : Cache {
  static tl::unexpected<Error> away() { return fail(Errc::kUnavailable, "cache.away"); }
  Result<std::optional<std::string>> get(std::string_view) override { return away(); }
  Result<std::vector<std::optional<std::string>>> get_many(std::span<const std::string>) override { return away(); }
  Result<void> put(std::string_view, std::string_view, std::int64_t) override { return away(); }
  Result<bool> remove(std::string_view) override { return away(); }
  Result<std::int64_t> add(std::string_view, std::int64_t, std::int64_t) override { return away(); }
};

TEST_CASE("a cache that is away, or full of others, slows nobody down") {
  MissesWorld w;
  AwayCache away;
  Misses misses(&away, "codes", {1, kMinuteMs}), none(nullptr, "codes", {1, kMinuteMs});
  misses.note("a", w.clock.now());
  none.note("a", w.clock.now());
  CHECK(misses.allowed("a", w.clock.now()));
  CHECK(none.allowed("a", w.clock.now()));
  Misses many(&w.cache, "many", {1, kDayMs});
  for (int i = 0; i < 50'000; ++i) {
    many.note("k" + std::to_string(i), w.clock.now());
    w.pass(1);
  }
  CHECK(w.cache.stats().weight <= 1 << 20);
  CHECK(many.allowed("k0", w.clock.now()));
  CHECK_FALSE(many.allowed("k49999", w.clock.now()));
}

}  // namespace
}  // namespace kontor::services
