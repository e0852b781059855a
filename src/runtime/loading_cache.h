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
  std::optional<Pointer> peek(Key key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    return shard.find(key);
  }

  // The value at hand, or what `load` (Result<Loaded>()) answers; all who ask meanwhile wait for that one load.
  template <class Load>
  Result<Pointer> get(Key key, const Load& load) {
    Shard& shard = shard_of(key);
    std::shared_ptr<Flight> flight;
    bool leads = true;
    {
      const std::lock_guard lock(shard.mutex);
      if (auto found = shard.find(key)) return std::move(*found);
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

  void put(Key key, Pointer value, std::size_t weight) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.forget(key);
    shard.insert(key, std::move(value), weight, shard_weight_);
  }

  // Replaces `held`, unless it has been dropped or replaced meanwhile.
  void put_if_same(Key key, const Pointer& held, Pointer value, std::size_t weight) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.slots.find(key);
    if (found == shard.slots.end() || found->second.value != held) return;
    shard.erase(found);
    shard.insert(key, std::move(value), weight, shard_weight_);
  }

  void drop(Key key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.forget(key);
  }

  void clear() {
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      shard.slots.clear();
      shard.ring.clear();
      shard.weight = 0;
      for (auto& [key, flight] : shard.flights) flight->stale = true;
      shard.flights.clear();
    }
  }

  std::size_t weight() const {
    std::size_t sum = 0;
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      sum += shard.weight;
    }
    return sum;
  }

 private:
  static constexpr std::size_t kShards = 32;
  static constexpr std::size_t kOverhead = 128;  // of an entry in map and ring

  struct Flight {
    std::vector<Parker*> parkers;  // under the shard's mutex, as all below
    bool stale = false;
    std::optional<Result<Pointer>> outcome;
  };
  struct Slot {
    Pointer value;
    std::size_t weight = 0;
    std::size_t ring_at = 0;
    bool used = false;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Key, Slot> slots;
    std::vector<Key> ring;
    std::size_t hand = 0;
    std::size_t weight = 0;
    std::unordered_map<Key, std::shared_ptr<Flight>> flights;

    std::optional<Pointer> find(Key key) {
      const auto found = slots.find(key);
      if (found == slots.end()) return std::nullopt;
      found->second.used = true;
      return found->second.value;
    }
    void erase(typename std::unordered_map<Key, Slot>::iterator at) {
      const std::size_t place = at->second.ring_at;
      weight -= at->second.weight;
      slots.erase(at);
      if (place + 1 != ring.size()) {
        ring[place] = ring.back();
        slots.find(ring[place])->second.ring_at = place;
      }
      ring.pop_back();
    }
    void forget(Key key) {
      if (const auto found = slots.find(key); found != slots.end()) erase(found);
      if (const auto under_way = flights.find(key); under_way != flights.end()) {
        under_way->second->stale = true;
        flights.erase(under_way);
      }
    }
    void insert(Key key, Pointer value, std::size_t bytes, std::size_t limit) {
      bytes += kOverhead;
      if (bytes > limit) return;
      while (weight + bytes > limit && !ring.empty()) {
        if (hand >= ring.size()) hand = 0;
        const auto victim = slots.find(ring[hand]);
        if (victim->second.used) {
          victim->second.used = false;
          ++hand;
        } else {
          erase(victim);
        }
      }
      slots.emplace(key, Slot{std::move(value), bytes, ring.size(), false});
      ring.push_back(key);
      weight += bytes;
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

  Shard& shard_of(Key key) { return shards_[(std::hash<Key>{}(key) >> 7) % kShards]; }

  std::size_t shard_weight_;
  std::array<Shard, kShards> shards_;
};

}  // namespace kontor::runtime
