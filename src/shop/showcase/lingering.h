// Products whose ready bytes read differently by now and are kept for a while all the same, because the shop is busy;
// and those whose bytes tell browsers to keep them longer, which is true only as long as it is. Bounded; from any
// thread. Knows no clock: it is told the time, some once a second.
#pragma once
#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace kontor::showcase {

class Lingering {
 public:
  static constexpr std::size_t kMost = 100'000;  // of each kind

  // False when there is no room: it has to be dropped at once. One that lingers already keeps its time.
  bool linger(ProductId id);
  // False when there is no room: it must not be promised to be kept longer.
  bool note_longer(ProductId id);

  // What has lingered for `keep_ms` or more, and, unless `longer` still holds, all that were noted for that; none of
  // them is known here afterwards.
  std::vector<ProductId> take_due(Time now, std::int64_t keep_ms, bool longer);

 private:
  std::mutex mutex_;
  Time now_;
  std::deque<std::pair<ProductId, Time>> queue_;  // oldest first
  std::unordered_set<ProductId> lingering_;
  std::unordered_set<ProductId> longer_;
};

}  // namespace kontor::showcase
