#include "runtime/rings.h"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace kontor::runtime {
namespace {

using Pushed = Ring<int>::Pushed;

TEST_CASE("rings: what goes in comes out in order; a full one refuses and goes on once there is room") {
  Ring<int> ring(4);
  int value = 0;
  CHECK_FALSE(ring.pop(value));
  for (int round = 0; round < 10; ++round) {
    CHECK(ring.push(1) == Pushed::kYes);
    CHECK(ring.push(2) == Pushed::kHalfFull);
    CHECK(ring.push(3) == Pushed::kYes);
    CHECK(ring.push(4) == Pushed::kYes);
    CHECK(ring.push(5) == Pushed::kNo);
    for (int wanted = 1; wanted <= 4; ++wanted) {
      REQUIRE(ring.pop(value));
      CHECK(value == wanted);
    }
    CHECK_FALSE(ring.pop(value));
  }
}

TEST_CASE("rings: many threads push while one drains, and nothing is lost or seen twice") {
  constexpr int kThreads = 10, kEach = 20'000;  // more threads than rings
  Rings<int> rings(256);
  std::vector<int> seen(kThreads * kEach, 0);
  std::atomic<int> refused{0}, running{kThreads};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i)
        if (rings.push(t * kEach + i) == Pushed::kNo) refused.fetch_add(1);
      running.fetch_sub(1);
    });
  std::size_t taken = 0;
  const auto take = [&] { return rings.drain(1000, [&](int value) { ++seen[static_cast<std::size_t>(value)]; }); };
  while (running.load() > 0) taken += take();
  for (auto& thread : threads) thread.join();
  for (std::size_t more = 1; more > 0; taken += more) more = take();
  CHECK(static_cast<int>(taken) + refused.load() == kThreads * kEach);
  for (const int times : seen) REQUIRE(times <= 1);
}

}  // namespace
}  // namespace kontor::runtime
