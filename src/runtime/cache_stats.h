// What a cache tells of itself.
#pragma once
#include <cstddef>
#include <cstdint>

namespace kontor::runtime {

struct CacheStats {
  std::uint64_t hits = 0;     // of peek() and get()
  std::uint64_t misses = 0;   // of get(): loaded, or waited for another's load
  std::uint64_t evicted = 0;  // to make room
  std::size_t entries = 0, weight = 0;
};

}  // namespace kontor::runtime
