#include "shop/experiments/statistics.h"

#include <doctest/doctest.h>

#include <array>

namespace kontor::experiments {
namespace {

doctest::Approx near(double value) { return doctest::Approx(value).epsilon(1e-4); }

TEST_CASE("statistics: Wilson's interval") {
  CHECK(wilson(8, 10).low == near(0.490162));
  CHECK(wilson(8, 10).high == near(0.943318));
  CHECK(wilson(0, 10).low == 0);
  CHECK(wilson(0, 10).high == near(0.277533));  // z² / (10 + z²)
  CHECK(wilson(10, 10).low == near(0.722467));
  CHECK(wilson(10, 10).high == 1);
  CHECK(wilson(0, 0).high == 1);
}

TEST_CASE("statistics: Newcombe's interval, by the first example of his paper") {
  const Interval difference = newcombe({56, 70}, {48, 80});
  CHECK(difference.low == near(0.0524));
  CHECK(difference.high == doctest::Approx(0.3339).epsilon(1e-3));
  const Interval other = newcombe({48, 80}, {56, 70});
  CHECK(other.low == near(-difference.high));
  CHECK(newcombe({0, 10}, {0, 20}).low == near(-0.161125));  // as wilson(0, 20).high
}

TEST_CASE("statistics: means and their difference") {
  const Sums one{4, 10, 100};  // 0 0 0 10: variance 25
  const Sums other{2, 2, 4};   // 0 2: variance 2
  CHECK(one.mean() == 2.5);
  CHECK(one.variance_of_mean() == near(6.25));
  CHECK(mean_interval(one).low == near(-2.39991));
  CHECK(mean_interval(one).high == near(7.39991));
  CHECK(difference_interval(one, other).low == near(-3.777366));
  CHECK(difference_interval(one, other).high == near(6.777366));
  CHECK(Sums{1, 5, 25}.variance_of_mean() == 0);
  CHECK(Sums{}.mean() == 0);
}

TEST_CASE("statistics: how likely a ratio is") {
  const std::array<std::int64_t, 2> even{1, 1};
  CHECK(ratio_probability(std::array<std::int64_t, 2>{90, 110}, even) == near(0.157299));  // chi-square 2
  CHECK(ratio_probability(std::array<std::int64_t, 2>{0, 0}, even) == 1);
  CHECK(ratio_probability(std::array<std::int64_t, 2>{900, 110}, std::array<std::int64_t, 2>{9, 1}) == near(0.345182));
  CHECK(ratio_probability(std::array<std::int64_t, 3>{30, 30, 40}, std::array<std::int64_t, 3>{1, 1, 1}) ==
        near(0.367879));
  CHECK(ratio_probability(std::array<std::int64_t, 4>{20, 30, 25, 25}, std::array<std::int64_t, 4>{2, 2, 2, 2}) ==
        near(0.572407));
  CHECK(ratio_probability(std::array<std::int64_t, 2>{1000, 1300}, even) < 1e-9);
}

}  // namespace
}  // namespace kontor::experiments
