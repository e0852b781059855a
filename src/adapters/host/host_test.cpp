#include <doctest/doctest.h>

#include <set>

#include "adapters/host/system_clock.h"
#include "adapters/host/system_random.h"

namespace kontor::host {

TEST_CASE("the system's clock knows that this was written after 2025") {
  const SystemClock clock;
  CHECK(clock.now() > Time{1'760'000'000'000});
}

TEST_CASE("the system's randomness does not repeat") {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) CHECK(seen.insert(random.hex(16)).second);
  CHECK(seen.begin()->size() == 32);
  CHECK(random.number() != random.number());
}

}  // namespace kontor::host
