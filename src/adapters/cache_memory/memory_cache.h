// The cache of one process, in bounded memory: for a shop without replicas, the simulator and tests. What ends first
// makes room; what has ended is gone at the next look at it, or when room is needed. A clock that is set back ends what
// was put after the time that it now shows.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "ports/cache.h"
#include "ports/clock.h"
#include "runtime/loading_cache.h"

namespace kontor::cache_memory {

class MemoryCache final : public Cache {
 public:
  MemoryCache(const Clock& clock, std::size_t bytes) : clock_(clock), shard_bytes_(bytes / kShards) {}

  Result<std::optional<std::string>> get(std::string_view key) override;
  Result<std::vector<std::optional<std::string>>> get_many(std::span<const std::string> keys) override;
  Result<void> put(std::string_view key, std::string_view value, std::int64_t ttl_ms) override;
  Result<bool> remove(std::string_view key) override;
  Result<std::int64_t> add(std::string_view key, std::int64_t amount, std::int64_t ttl_ms) override;

  runtime::CacheStats stats() const;  // evicted: before their time

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kOverhead = 224;  // of an entry in both maps

  using Ends = std::multimap<std::int64_t, const std::string*>;  // when, and the key
  struct Entry {
    std::string value;
    std::int64_t ttl_ms = 0;
    Ends::iterator end;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
  };
  using Entries = std::unordered_map<std::string, Entry, Hash, std::equal_to<>>;
  struct Shard {
    mutable std::mutex mutex;
    Entries entries;
    Ends ends;
    std::size_t weight = 0;
    std::uint64_t hits = 0, misses = 0, evicted = 0;

    Entries::iterator find(std::string_view key, std::int64_t now);  // what has ended goes
    void erase(Entries::iterator at);
    void keep(std::string_view key, std::string value, std::int64_t now, std::int64_t ttl_ms);
    void make_room(std::size_t limit, std::int64_t now);
  };
  static std::size_t weight_of(std::string_view key, std::string_view value) {
    return key.size() + value.size() + kOverhead;
  }
  Shard& shard_of(std::string_view key) { return shards_[Hash{}(key) % kShards]; }
  std::optional<std::string> look(std::string_view key, std::int64_t now);

  const Clock& clock_;
  const std::size_t shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace kontor::cache_memory
