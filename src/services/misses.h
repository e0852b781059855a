// How often somebody missed lately: for what must not be guessed (coupon codes). Per key, within a window; in memory
// and bounded, so each process counts for itself. Safe from any thread.
#pragma once
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace kontor::services {

class Misses {
 public:
  struct Limits {
    std::size_t most = 10;  // misses within the window
    std::int64_t window_ms = 10 * kMinuteMs;
  };
  explicit Misses(Limits limits) : limits_(limits) {}

  // kRateLimited "services.too_many_misses" with Retry-After once the key has missed so often.
  Result<void> allowed(const std::string& key, Time now);
  void note(const std::string& key, Time now);

  static constexpr std::size_t kMostKeys = 50'000;  // beyond it the oldest are forgotten

 private:
  void forget_old(Time now);

  const Limits limits_;
  std::mutex mutex_;
  std::map<std::string, std::deque<Time>> misses_;
  std::deque<std::pair<Time, std::string>> order_;  // of all notes, oldest first
};

}  // namespace kontor::services
