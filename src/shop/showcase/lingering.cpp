#include "shop/showcase/lingering.h"

namespace kontor::showcase {

bool Lingering::linger(ProductId id) {
  const std::lock_guard lock(mutex_);
  if (lingering_.contains(id)) return true;
  if (queue_.size() >= kMost) return false;
  lingering_.insert(id);
  queue_.emplace_back(id, now_);
  return true;
}

bool Lingering::note_longer(ProductId id) {
  const std::lock_guard lock(mutex_);
  if (longer_.size() >= kMost && !longer_.contains(id)) return false;
  longer_.insert(id);
  return true;
}

std::vector<ProductId> Lingering::take_due(Time now, std::int64_t keep_ms, bool longer) {
  std::vector<ProductId> due;
  const std::lock_guard lock(mutex_);
  now_ = now;
  // A time ahead of now: the clock went back.
  while (!queue_.empty() && (queue_.front().second.plus_ms(keep_ms) <= now || queue_.front().second > now)) {
    due.push_back(queue_.front().first);
    lingering_.erase(queue_.front().first);
    queue_.pop_front();
  }
  if (longer) return due;
  due.insert(due.end(), longer_.begin(), longer_.end());
  longer_.clear();
  return due;
}

}  // namespace kontor::showcase
