// Latencies in buckets that are about 1.6 % wide, from a microsecond to over an hour: 64 of them for each doubling. A
// note is one addition, percentiles are a walk; nothing is kept a request.
#pragma once
#include <cstdint>
#include <vector>

namespace kontor::bench {

class Latencies {
 public:
  Latencies() : counts_(kBuckets) {}
  void note(std::int64_t us);
  std::int64_t count() const { return count_; }
  std::int64_t max_us() const { return max_us_; }
  // The latency that `share` (0 … 1) of the notes do not exceed; the upper edge of its bucket, never above max_us(). 0
  // when there are none.
  std::int64_t percentile_us(double share) const;

  // For drawing: how many lie at or below each edge and above the one before; the last is what lies above all.
  std::vector<std::int64_t> between(const std::vector<std::int64_t>& edges_us) const;

 private:
  static constexpr int kPerDoubling = 64;
  static constexpr std::size_t kBuckets = kPerDoubling * 32;
  static std::size_t bucket_of(std::int64_t us);
  static std::int64_t upper_edge(std::size_t bucket);  // the largest value in it

  std::vector<std::int64_t> counts_;
  std::int64_t count_ = 0;
  std::int64_t max_us_ = 0;
};

}  // namespace kontor::bench
