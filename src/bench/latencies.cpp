#include "bench/latencies.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kontor::bench {

std::size_t Latencies::bucket_of(std::int64_t us) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0));
  if (value < kPerDoubling) return static_cast<std::size_t>(value);
  const int shift = std::bit_width(value) - 7;  // leaves 64 … 127
  const auto bucket = static_cast<std::size_t>(shift) * kPerDoubling + static_cast<std::size_t>(value >> shift);
  return std::min(bucket, kBuckets - 1);
}

std::int64_t Latencies::upper_edge(std::size_t bucket) {
  if (bucket < 2 * kPerDoubling) return static_cast<std::int64_t>(bucket);
  const auto shift = bucket / kPerDoubling - 1;
  return static_cast<std::int64_t>(((bucket % kPerDoubling + kPerDoubling + 1) << shift) - 1);
}

void Latencies::note(std::int64_t us) {
  ++counts_[bucket_of(us)];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

std::int64_t Latencies::percentile_us(double share) const {
  if (count_ == 0) return 0;
  const auto wanted =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_))));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(upper_edge(i), max_us_);
  }
  return max_us_;
}

std::vector<std::int64_t> Latencies::between(const std::vector<std::int64_t>& edges_us) const {
  std::vector<std::int64_t> counts(edges_us.size() + 1);
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (counts_[i] == 0) continue;
    const auto value = std::min(upper_edge(i), max_us_);
    const auto at = std::lower_bound(edges_us.begin(), edges_us.end(), value) - edges_us.begin();
    counts[static_cast<std::size_t>(at)] += counts_[i];
  }
  return counts;
}

}  // namespace kontor::bench
