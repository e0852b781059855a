// A cache for values that are costly to load: sharded, bounded by weight (fifo_table.h says who makes room), one load
// for all who wait for the same key. A key that is dropped while its value is being loaded is not kept: what was read
// before a change never outlives the change. "Not there" is a value too (a null pointer), so that asking for
// nothing over and over stays cheap.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/result.h"
#include "runtime/cache_stats.h"
#include "runtime/fifo_table.h"
#include "runtime/flight.h"

namespace kontor::runtime {

template <class Key, class Value>
class LoadingCache {
 public:
  using Pointer = std::shared_ptr<const Value>;
  struct Loaded {
    Pointer value;  // null: there is none
    std::size_t weight = 0;
  };

  static constexpr std::size_t kNotKept = SIZE_MAX / 2;  // a weight that no cache holds

  explicit LoadingCache(std::size_t max_weight) : shard_weight_(max_weight / kShards + 1) {}

  // nullopt: not at hand. Never waits for a load.
  std::optional<Pointer> peek(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    return shard.find(key);
  }

  // The memory that a peek will touch, and that the use of the value will.
  Lines slot_lines(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    return shard.table.slot_lines(key);
  }
  Lines value_lines(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    return shard.table.value_lines(key);
  }

  // The value at hand, or what `load` (Result<Loaded>()) answers; all who ask meanwhile wait for that one load.
  template <class Load>
  Result<Pointer> get(const Key& key, const Load& load) {
    Shard& shard = shard_of(key);
    std::shared_ptr<Flight> flight;
    bool leads = true;
    {
      const std::lock_guard lock(shard.mutex);
      if (auto found = shard.find(key)) return std::move(*found);
      ++shard.misses;
      const auto under_way = shard.flights.find(key);
      if (under_way == shard.flights.end()) {
        flight = std::make_shared<Flight>();
        shard.flights.emplace(key, flight);
      } else {
        flight = under_way->second;
        leads = false;
      }
    }
    if (!leads) return flight->wait(shard.mutex);
    Landing landing{*this, shard, key, flight};
    Result<Loaded> loaded = load();
    return landing.finish(std::move(loaded));
  }

  // The value at hand, or what `load` (Loaded()) makes of it; for threads that must not wait: null when another is
  // loading it. What weighs more than the cache holds is answered, but not kept.
  template <class Load>
  Pointer make_at_once(const Key& key, const Load& load) {
    Shard& shard = shard_of(key);
    std::shared_ptr<Flight> flight;
    {
      const std::lock_guard lock(shard.mutex);
      if (auto found = shard.find(key)) return std::move(*found);
      if (shard.flights.contains(key)) return nullptr;
      flight = std::make_shared<Flight>();
      shard.flights.emplace(key, flight);
      ++shard.misses;
    }
    Landing landing{*this, shard, key, flight};
    return *landing.finish(load());
  }

  // Loads what is not at hand ahead of anybody's asking, which says nothing of how popular it is: neither hit nor miss.
  template <class Load>
  Result<void> make_ahead(const Key& key, const Load& load) {
    Shard& shard = shard_of(key);
    const auto flight = std::make_shared<Flight>();
    {
      const std::lock_guard lock(shard.mutex);
      if (shard.table.contains(key) || !shard.flights.emplace(key, flight).second) return {};
    }
    Landing landing{*this, shard, key, flight};
    Result<Loaded> loaded = load();
    return landing.finish(std::move(loaded)).map([](const Pointer&) {});
  }

  void put(const Key& key, Pointer value, std::size_t weight) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.outdate(key);
    shard.put(key, std::move(value), weight, shard_weight_);
  }

  // Replaces `held`, unless it has been dropped or replaced meanwhile.
  void put_if_same(const Key& key, const Pointer& held, Pointer value, std::size_t weight) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    if (shard.table.holds(key, held)) shard.table.replace(key, std::move(value), weight, shard_weight_);
  }

  void drop(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.forget(key);
  }

  // As drop(), but a value at hand of which `keep` (bool(const Pointer&)) says that it still holds stays. Whether one
  // went.
  template <class Keep>
  bool drop_unless(const Key& key, const Keep& keep) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const Pointer* const held = shard.table.look(key);
    if (held != nullptr && keep(*held)) return false;
    const bool goes = held != nullptr;
    shard.forget(key);
    return goes;
  }

  // The value at hand; neither a hit nor a use of it.
  std::optional<Pointer> look(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const Pointer* const held = shard.table.look(key);
    return held == nullptr ? std::nullopt : std::optional<Pointer>(*held);
  }

  void clear() {
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      shard.clear();
    }
  }

  std::size_t weight() const { return stats().weight; }
  // Whether more than this part of the room is taken: a look at one shard, which is like the others.
  bool is_filled(double part) const {
    const std::lock_guard lock(shards_[0].mutex);
    return static_cast<double>(shards_[0].table.weight()) > part * static_cast<double>(shard_weight_);
  }

  CacheStats stats() const {
    CacheStats sum;
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      sum.hits += shard.hits;
      sum.misses += shard.misses;
      sum.evicted += shard.table.evicted();
      sum.entries += shard.table.entries();
      sum.weight += shard.table.weight();
    }
    return sum;
  }

 private:
  static constexpr std::size_t kShards = 32;  // of the five highest bits

  using Flight = runtime::Flight<Pointer>;  // under the shard's mutex
  struct Shard {
    mutable std::mutex mutex;
    FifoTable<Key, Value> table;
    std::unordered_map<Key, std::shared_ptr<Flight>> flights;
    std::uint64_t hits = 0, misses = 0;

    std::optional<Pointer> find(const Key& key) {
      auto found = table.find(key);
      if (found) ++hits;
      return found;
    }

    void put(const Key& key, Pointer value, std::size_t weight, std::size_t limit) {
      if (!table.replace(key, value, weight, limit)) table.insert(key, std::move(value), weight, limit);
    }
    void forget(const Key& key) {
      table.forget(key);
      outdate(key);
    }
    void outdate(const Key& key) {
      if (const auto under_way = flights.find(key); under_way != flights.end()) {
        under_way->second->stale = true;
        flights.erase(under_way);
      }
    }
    void clear() {
      table.clear();
      for (auto& [key, flight] : flights) flight->stale = true;
      flights.clear();
    }
  };

  // Ends a flight whatever happens, also when the loading fiber is killed.
  struct Landing {
    LoadingCache& cache;
    Shard& shard;
    Key key;
    std::shared_ptr<Flight> flight;
    bool landed = false;

    Result<Pointer> finish(Result<Loaded> loaded) {
      const std::lock_guard lock(shard.mutex);
      Result<Pointer> outcome =
          loaded ? Result<Pointer>(loaded->value) : Result<Pointer>(tl::unexpected(std::move(loaded.error())));
      if (loaded && !flight->stale) shard.table.insert(key, loaded->value, loaded->weight, cache.shard_weight_);
      land(outcome);
      return outcome;
    }
    void land(const Result<Pointer>& outcome) {
      landed = true;
      if (!flight->stale) shard.flights.erase(key);
      flight->land(outcome);
    }
    ~Landing() {
      if (landed) return;
      const std::lock_guard lock(shard.mutex);
      land(fail(Errc::kUnavailable, "runtime.load_given_up", "The value could not be loaded; ask again."));
    }
  };

  Shard& shard_of(const Key& key) { return shards_[spread_hash(key) >> 59]; }

  std::size_t shard_weight_;
  std::array<Shard, kShards> shards_;
};

}  // namespace kontor::runtime
