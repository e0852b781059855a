#include "shop/experiments/statistics.h"

#include <cmath>

#include "base/assert.h"

namespace kontor::experiments {
namespace {

constexpr double kZ = 1.959963984540054;  // 97.5 % of the normal distribution lie below
constexpr double kPi = 3.14159265358979323846;

double share(std::int64_t count, std::int64_t of) { return static_cast<double>(count) / static_cast<double>(of); }

}  // namespace

Interval wilson(std::int64_t count, std::int64_t of) {
  KONTOR_ASSERT(0 <= count && count <= of);
  if (of == 0) return {0, 1};
  const double n = static_cast<double>(of), p = share(count, of), z2 = kZ * kZ;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {count == 0 ? 0 : middle - half, count == of ? 1 : middle + half};
}

Interval newcombe(Share one, Share other) {
  KONTOR_ASSERT(one.of > 0 && other.of > 0);
  const double p1 = share(one.count, one.of), p2 = share(other.count, other.of);
  const Interval w1 = wilson(one.count, one.of), w2 = wilson(other.count, other.of);
  return {p1 - p2 - std::hypot(p1 - w1.low, w2.high - p2), p1 - p2 + std::hypot(w1.high - p1, p2 - w2.low)};
}

double Sums::mean() const { return n == 0 ? 0 : sum / static_cast<double>(n); }

double Sums::variance_of_mean() const {
  if (n < 2) return 0;
  const double count = static_cast<double>(n);
  const double variance = (squares - sum * sum / count) / (count - 1);
  return variance > 0 ? variance / count : 0;
}

Interval mean_interval(const Sums& sums) {
  const double half = kZ * std::sqrt(sums.variance_of_mean());
  return {sums.mean() - half, sums.mean() + half};
}

Interval difference_interval(const Sums& one, const Sums& other) {
  const double half = kZ * std::sqrt(one.variance_of_mean() + other.variance_of_mean());
  const double difference = one.mean() - other.mean();
  return {difference - half, difference + half};
}

double ratio_probability(std::span<const std::int64_t> found, std::span<const std::int64_t> weights) {
  KONTOR_ASSERT(found.size() == weights.size() && found.size() >= 2 && found.size() <= 4);
  double all = 0, weight = 0, distance = 0;
  for (const auto one : found) all += static_cast<double>(one);
  for (const auto one : weights) weight += static_cast<double>(one);
  if (all == 0) return 1;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double expected = all * static_cast<double>(weights[i]) / weight;
    const double off = static_cast<double>(found[i]) - expected;
    distance += off * off / expected;
  }
  // The upper tail of chi-square with one, two or three degrees of freedom has a closed form.
  const double tail = std::erfc(std::sqrt(distance / 2));
  if (found.size() == 2) return tail;
  if (found.size() == 3) return std::exp(-distance / 2);
  return tail + std::sqrt(2 * distance / kPi) * std::exp(-distance / 2);
}

}  // namespace kontor::experiments
