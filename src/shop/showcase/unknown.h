// What was asked for and is not there, so that asking for it again and again does not reach the store: bounded, and
// believed only while nothing in the catalogue has changed since. Whatever is made is found at once, therefore; that
// everything else is looked for once more then, costs a look-up each. From any thread.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/loading_cache.h"

namespace kontor::showcase {

template <class Key>
class Unknown {
 public:
  explicit Unknown(std::size_t bytes) : held_(bytes) {}

  // `age` counts the catalogue's changes.
  bool holds(const Key& key, std::uint64_t age) {
    const auto noted = held_.peek(key);
    const bool good = noted && **noted == age;
    (good ? hits_ : misses_).fetch_add(1, std::memory_order_relaxed);
    return good;
  }
  // It was looked for in the store and was not there; `age` is of before that look. `bytes`: what the key needs.
  void note(const Key& key, std::uint64_t age, std::size_t bytes) {
    held_.put(key, std::make_shared<const std::uint64_t>(age), bytes);
  }

  // Hits: the store was not asked. Misses: it was, whether or not there was something.
  runtime::CacheStats stats() const {
    auto stats = held_.stats();
    stats.hits = hits_.load(std::memory_order_relaxed);
    stats.misses = misses_.load(std::memory_order_relaxed);
    return stats;
  }

 private:
  runtime::LoadingCache<Key, std::uint64_t> held_;
  std::atomic<std::uint64_t> hits_{0}, misses_{0};
};

}  // namespace kontor::showcase
