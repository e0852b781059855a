#include "bench/latencies.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace kontor::bench {
namespace {

TEST_CASE("percentiles of latencies are those of the sorted list, to two percent") {
  Latencies latencies;
  std::vector<std::int64_t> all;
  std::uint64_t luck = 88172645463325252ull;
  for (int i = 0; i < 20'000; ++i) {
    luck ^= luck << 13, luck ^= luck >> 7, luck ^= luck << 17;
    const auto us = static_cast<std::int64_t>(luck % (1ull << (luck % 27)));
    all.push_back(us);
    latencies.note(us);
  }
  std::sort(all.begin(), all.end());
  CHECK(latencies.count() == 20'000);
  CHECK(latencies.max_us() == all.back());
  for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto exact = all[static_cast<std::size_t>(share * 20'000) - 1];
    const auto told = latencies.percentile_us(share);
    CHECK(told >= exact);
    CHECK(told <= exact + exact / 50 + 1);
  }
}

TEST_CASE("small latencies are exact, none is none") {
  Latencies latencies;
  CHECK(latencies.percentile_us(0.5) == 0);
  for (const int us : {7, 7, 127, 128}) latencies.note(us);
  CHECK(latencies.percentile_us(0.5) == 7);
  CHECK(latencies.percentile_us(0.75) == 127);
  CHECK(latencies.percentile_us(1) == 128);
  CHECK(latencies.between({10, 127}) == std::vector<std::int64_t>{2, 1, 1});
}

}  // namespace
}  // namespace kontor::bench
