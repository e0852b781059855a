// How often somebody missed lately: for what must not be guessed (coupon codes, gift cards). Per key, within a window
// that moves. Counted in the cache, so replicas that share one count together, and bounded by its room; a cache that
// does not answer, or is not there, slows nobody down. Safe from any thread; not inside a store function.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "ports/cache.h"

namespace kontor::services {

class Misses {
 public:
  struct Limits {
    std::size_t most = 10;  // misses within the window
    std::int64_t window_ms = 10 * kMinuteMs;
  };
  // `name` tells these misses from others in the cache, which may be null and outlives this.
  Misses(Cache* cache, std::string name, Limits limits)
      : cache_(cache), name_("misses." + std::move(name) + ':'), limits_(limits) {}

  // kRateLimited "services.too_many_misses" with Retry-After once the key has missed so often.
  Result<void> allowed(const std::string& key, Time now);
  void note(const std::string& key, Time now);

 private:
  std::string count_key(const std::string& key) const { return name_ + key; }
  std::string place_key(const std::string& key, std::size_t place) const;

  Cache* const cache_;
  const std::string name_;
  const Limits limits_;
};

}  // namespace kontor::services
