// The few formulas by which experiments are judged. Intervals are of 95 %.
#pragma once
#include <cstdint>
#include <span>

#include "shop/experiments/experiment.h"

namespace kontor::experiments {

// A share of `of`, by Wilson's score (1927), which holds for few and for none as well.
Interval wilson(std::int64_t count, std::int64_t of);
// The first share less the second, by Newcombe's hybrid score (1998, method 10): Wilson's limits squared up.
struct Share {
  std::int64_t count = 0, of = 0;
};
Interval newcombe(Share one, Share other);

// A mean and its variance from sums over n values, by the normal approximation.
struct Sums {
  std::int64_t n = 0;
  double sum = 0, squares = 0;

  double mean() const;
  double variance_of_mean() const;  // 0 below two values
};
Interval mean_interval(const Sums& sums);
Interval difference_interval(const Sums& one, const Sums& other);

// How likely numbers as far from their expected ratio, or farther, are by chance: Pearson's test, for two to four
// groups.
double ratio_probability(std::span<const std::int64_t> found, std::span<const std::int64_t> weights);

}  // namespace kontor::experiments
