#include "services/misses.h"

#include <doctest/doctest.h>

namespace kontor::services {
namespace {

TEST_CASE("who misses too often waits until the first miss is old; others do not") {
  Misses misses({3, 60 * kSecondMs});
  Time now{1'000'000};
  for (int i = 0; i < 3; ++i) {
    CHECK(misses.allowed("a", now).has_value());
    misses.note("a", now);
    now = now.plus_ms(10 * kSecondMs);
  }
  const auto refused = misses.allowed("a", now);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kRateLimited);
  CHECK(refused.error().retry_after_s == 30);
  CHECK(misses.allowed("b", now).has_value());
  CHECK(misses.allowed("a", now.plus_ms(30 * kSecondMs)).has_value());  // two are left in the window
}

TEST_CASE("it forgets the oldest keys instead of growing") {
  Misses misses({1, kDayMs});
  const Time now{1};
  for (std::size_t i = 0; i < Misses::kMostKeys + 10; ++i) misses.note("k" + std::to_string(i), now);
  CHECK(misses.allowed("k0", now).has_value());
  CHECK_FALSE(misses.allowed("k" + std::to_string(Misses::kMostKeys), now).has_value());
}

}  // namespace
}  // namespace kontor::services
