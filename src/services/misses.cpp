#include "services/misses.h"

#include <algorithm>

namespace kontor::services {

void Misses::forget_old(Time now) {
  while (!order_.empty() && (order_.front().first.plus_ms(limits_.window_ms) <= now || misses_.size() > kMostKeys)) {
    const auto found = misses_.find(order_.front().second);
    if (found != misses_.end()) {
      if (!found->second.empty()) found->second.pop_front();
      if (found->second.empty()) misses_.erase(found);
    }
    order_.pop_front();
  }
}

Result<void> Misses::allowed(const std::string& key, Time now) {
  const std::lock_guard lock(mutex_);
  forget_old(now);
  const auto found = misses_.find(key);
  if (found == misses_.end() || found->second.size() < limits_.most) return {};
  const auto wait_ms = std::max<std::int64_t>(found->second.front().plus_ms(limits_.window_ms).ms - now.ms, 1);
  Error error{Errc::kRateLimited, "services.too_many_misses", "Too many tries that missed; wait a while.", {}, {}, 0};
  error.retry_after_s = static_cast<int>((wait_ms + kSecondMs - 1) / kSecondMs);
  return fail(std::move(error));
}

void Misses::note(const std::string& key, Time now) {
  const std::lock_guard lock(mutex_);
  misses_[key].push_back(now);
  order_.emplace_back(now, key);
  forget_old(now);
}

}  // namespace kontor::services
