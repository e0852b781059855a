#include "traces.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eviction {
namespace {

class Luck {
 public:
  explicit Luck(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  double part() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

// Ranks by their chances: 1/rank^skew of the whole.
class Zipf {
 public:
  Zipf(double skew, Key keys) : up_to_(keys) {
    double sum = 0;
    for (Key rank = 0; rank < keys; ++rank) up_to_[rank] = sum += std::pow(rank + 1.0, -skew);
    for (double& part : up_to_) part /= sum;
  }
  Key draw(Luck& luck) const {
    const auto found = std::lower_bound(up_to_.begin(), up_to_.end(), luck.part());
    return static_cast<Key>(std::min<std::ptrdiff_t>(found - up_to_.begin(), std::ssize(up_to_) - 1));
  }

 private:
  std::vector<double> up_to_;
};

}  // namespace

std::vector<Key> make_trace(Mix mix, double skew, Key keys, std::size_t reads, std::uint64_t seed) {
  constexpr std::uint64_t kScanOneIn = 10;
  constexpr std::size_t kDrifts = 10;
  constexpr Key kDriftOneIn = 20;
  Luck luck(seed);
  const Zipf zipf(skew, keys);
  std::vector<Key> at_rank(keys);
  std::iota(at_rank.begin(), at_rank.end(), Key{0});
  for (Key i = keys; i > 1; --i) std::swap(at_rank[i - 1], at_rank[luck.below(i)]);
  std::vector<Key> trace;
  trace.reserve(reads);
  Key walked = 0;
  while (trace.size() < reads) {
    if (mix == Mix::kDrift && trace.size() % (reads / kDrifts) == 0)
      for (Key rank = 0; rank < keys; ++rank)
        if (luck.below(kDriftOneIn) == 0) std::swap(at_rank[rank], at_rank[luck.below(keys)]);
    if (mix == Mix::kScan && luck.below(kScanOneIn) == 0)
      trace.push_back(walked++ % keys);
    else
      trace.push_back(at_rank[zipf.draw(luck)]);
  }
  return trace;
}

}  // namespace eviction
