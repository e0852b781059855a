// A bounded cache for values that are costly to load: sharded, CLOCK eviction by weight, one load for all who wait for
// the same key. A key that is dropped while its value is being loaded is not kept: what was read before a change never
// outlives the change. "Not there" is a value too (a null pointer), so that asking for nothing over and over stays
// cheap.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/fiber.h"

namespace kontor::runtime {

struct CacheStats {
  std::uint64_t hits = 0;     // of peek() and get()
  std::uint64_t misses = 0;   // of get(): loaded, or waited for another's load
  std::uint64_t evicted = 0;  // to make room
  std::size_t entries = 0, weight = 0;
};

template <class Key, class Value>
class LoadingCache {
 public:
  using Pointer = std::shared_ptr<const Value>;
  struct Loaded {
    Pointer value;  // null: there is none
    std::size_t weight = 0;
  };

  explicit LoadingCache(std::size_t max_weight) : shard_weight_(max_weight / kShards + 1) {}

  // nullopt: not at hand. Never waits for a load.
  std::optional<Pointer> peek(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    return shard.find(key);
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
    if (!leads) return wait_for(shard, *flight);
    Landing landing{*this, shard, key, flight};
    Result<Loaded> loaded = load();
    return landing.finish(std::move(loaded));
  }

  void put(const Key& key, Pointer value, std::size_t weight) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.forget(key);
    shard.insert(key, std::move(value), weight, shard_weight_);
  }

  // Replaces `held`, unless it has been dropped or replaced meanwhile.
  void put_if_same(const Key& key, const Pointer& held, Pointer value, std::size_t weight) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const std::size_t at = shard.place(key);
    if (!shard.slots[at].taken || shard.slots[at].value != held) return;
    shard.erase(at);
    shard.insert(key, std::move(value), weight, shard_weight_);
  }

  void drop(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.forget(key);
  }

  void clear() {
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      shard.clear();
    }
  }

  std::size_t weight() const { return stats().weight; }

  CacheStats stats() const {
    CacheStats sum;
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      sum.hits += shard.hits;
      sum.misses += shard.misses;
      sum.evicted += shard.evicted;
      sum.entries += shard.count;
      sum.weight += shard.weight;
    }
    return sum;
  }

 private:
  static constexpr std::size_t kShards = 32;    // of the five highest bits
  static constexpr std::size_t kOverhead = 96;  // of an entry in the table and of its allocation

  struct Flight {
    std::vector<Parker*> parkers;  // under the shard's mutex, as all below
    bool stale = false;
    std::optional<Result<Pointer>> outcome;
  };
  // What is at hand lies in one flat table a shard, because a look-up in memory that no cache holds costs what it
  // touches: open addressing, linear probing, no tombstones (what follows an erased slot moves up).
  struct Slot {
    Key key{};
    Pointer value;
    std::uint32_t weight = 0;
    bool taken = false;
    bool used = false;  // since the hand last passed
  };
  struct Shard {
    mutable std::mutex mutex;
    std::vector<Slot> slots = std::vector<Slot>(8);  // a power of two, at most five eighths taken
    std::size_t count = 0;
    std::size_t hand = 0;  // of the CLOCK, over the slots
    std::size_t weight = 0;
    std::unordered_map<Key, std::shared_ptr<Flight>> flights;
    std::uint64_t hits = 0, misses = 0, evicted = 0;

    std::size_t mask() const { return slots.size() - 1; }
    std::size_t home(const Key& key) const { return mixed(key) & mask(); }
    // Where the key is, or the free slot where it would be.
    std::size_t place(const Key& key) const {
      std::size_t at = home(key);
      while (slots[at].taken && !(slots[at].key == key)) at = (at + 1) & mask();
      return at;
    }
    std::optional<Pointer> find(const Key& key) {
      Slot& slot = slots[place(key)];
      if (!slot.taken) return std::nullopt;
      if (!slot.used) slot.used = true;
      ++hits;
      return slot.value;
    }
    void erase(std::size_t at) {
      weight -= slots[at].weight;
      --count;
      for (std::size_t next = (at + 1) & mask(); slots[next].taken; next = (next + 1) & mask()) {
        // A slot may move up to `at` unless its home lies behind `at`.
        if (((next - home(slots[next].key)) & mask()) < ((next - at) & mask())) continue;
        slots[at] = std::move(slots[next]);
        at = next;
      }
      slots[at] = Slot{};
    }
    void forget(const Key& key) {
      if (const std::size_t at = place(key); slots[at].taken) erase(at);
      if (const auto under_way = flights.find(key); under_way != flights.end()) {
        under_way->second->stale = true;
        flights.erase(under_way);
      }
    }
    void make_room(std::size_t bytes, std::size_t limit) {
      while (weight + bytes > limit && count > 0) {
        hand &= mask();
        if (!slots[hand].taken || slots[hand].used) {
          slots[hand].used = false;
          ++hand;
        } else {
          erase(hand);
          ++evicted;
        }
      }
    }
    void grow() {
      std::vector<Slot> old(slots.size() * 2);
      old.swap(slots);
      for (Slot& slot : old)
        if (slot.taken) slots[place(slot.key)] = std::move(slot);
    }
    // The key must not be there.
    void insert(const Key& key, Pointer value, std::size_t bytes, std::size_t limit) {
      bytes += kOverhead;
      if (bytes > limit || bytes > UINT32_MAX) return;
      make_room(bytes, limit);
      if ((count + 1) * 8 > slots.size() * 5) grow();
      slots[place(key)] = Slot{key, std::move(value), static_cast<std::uint32_t>(bytes), true, false};
      ++count;
      weight += bytes;
    }
    void clear() {
      slots = std::vector<Slot>(8);
      count = weight = 0;
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
      if (loaded && !flight->stale) shard.insert(key, loaded->value, loaded->weight, cache.shard_weight_);
      land(outcome);
      return outcome;
    }
    void land(const Result<Pointer>& outcome) {
      landed = true;
      if (!flight->stale) shard.flights.erase(key);
      flight->outcome = outcome;
      for (Parker* parker : flight->parkers) parker->wake();
      flight->parkers.clear();
    }
    ~Landing() {
      if (landed) return;
      const std::lock_guard lock(shard.mutex);
      land(fail(Errc::kUnavailable, "runtime.load_given_up", "The value could not be loaded; ask again."));
    }
  };

  static Result<Pointer> wait_for(Shard& shard, Flight& flight) {
    Parker parker;
    {
      const std::lock_guard lock(shard.mutex);
      if (flight.outcome) return *flight.outcome;
      flight.parkers.push_back(&parker);
    }
    struct Leave {  // a killed fiber takes its parker away
      Shard& shard;
      Flight& flight;
      Parker* parker;
      ~Leave() {
        const std::lock_guard lock(shard.mutex);
        std::erase(flight.parkers, parker);
      }
    };
    {
      const Leave leave{shard, flight, &parker};
      parker.wait();
    }
    const std::lock_guard lock(shard.mutex);
    return *flight.outcome;
  }

  // std::hash of an integer is the integer: spread, so that the low bits (the slot) and the high ones (the shard)
  // differ.
  static std::size_t mixed(const Key& key) {
    const std::uint64_t spread = static_cast<std::uint64_t>(std::hash<Key>{}(key)) * 0x9E3779B97F4A7C15ull;
    return static_cast<std::size_t>(spread ^ (spread >> 29));
  }
  Shard& shard_of(const Key& key) { return shards_[mixed(key) >> 59]; }

  std::size_t shard_weight_;
  std::array<Shard, kShards> shards_;
};

}  // namespace kontor::runtime
