// Bounded queues of plain values from any number of threads to one reader: each thread has a queue of its own as long
// as there are not more threads than queues; else some share one, which is as right and a little slower. Pushing takes
// no lock and never waits: what finds no room is refused. Queues are made when they are first pushed to.
#pragma once
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "base/assert.h"
#include "runtime/thread_number.h"

namespace kontor::runtime {

// One queue; after Dmitry Vyukov's bounded queue: each place says by a number whose turn it is.
template <class T>
class Ring {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit Ring(std::size_t places) : mask_(places - 1), places_(new Place[places]) {  // a power of two
    KONTOR_ASSERT(std::has_single_bit(places));
    for (std::size_t i = 0; i < places; ++i) places_[i].turn.store(i, std::memory_order_relaxed);
  }

  enum class Pushed { kNo, kYes, kHalfFull };  // half full: told once on the way up
  Pushed push(const T& value) {
    std::size_t at = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Place& place = places_[at & mask_];
      const std::size_t turn = place.turn.load(std::memory_order_acquire);
      if (turn == at) {
        if (tail_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) {
          place.value = value;
          place.turn.store(at + 1, std::memory_order_release);
          const bool half = at + 1 - head_.load(std::memory_order_relaxed) == (mask_ + 1) / 2;
          return half ? Pushed::kHalfFull : Pushed::kYes;
        }
      } else if (turn < at) {
        return Pushed::kNo;
      } else {
        at = tail_.load(std::memory_order_relaxed);
      }
    }
  }
  // By one reader at a time.
  bool pop(T& value) {
    const std::size_t at = head_.load(std::memory_order_relaxed);
    Place& place = places_[at & mask_];
    if (place.turn.load(std::memory_order_acquire) != at + 1) return false;
    value = place.value;
    place.turn.store(at + mask_ + 1, std::memory_order_release);
    head_.store(at + 1, std::memory_order_relaxed);
    return true;
  }

 private:
  struct Place {
    std::atomic<std::size_t> turn;
    T value;
  };
  const std::size_t mask_;
  const std::unique_ptr<Place[]> places_;
  alignas(64) std::atomic<std::size_t> tail_{0};
  alignas(64) std::atomic<std::size_t> head_{0};
};

template <class T>
class Rings {
 public:
  explicit Rings(std::size_t places) : places_(places) {}  // of each queue, a power of two
  ~Rings() {
    for (auto& ring : rings_) delete ring.load();
  }
  Rings(const Rings&) = delete;
  Rings& operator=(const Rings&) = delete;

  using Pushed = typename Ring<T>::Pushed;
  Pushed push(const T& value) {
    auto& mine = rings_[thread_number() % kRings];
    Ring<T>* ring = mine.load(std::memory_order_acquire);
    return (ring != nullptr ? *ring : make(mine)).push(value);
  }
  // Hands what is there to `take`, at most `most` values; answers how many. By one reader at a time.
  template <class Take>
  std::size_t drain(std::size_t most, const Take& take) {
    std::size_t taken = 0;
    T value;
    for (auto& one : rings_) {
      Ring<T>* ring = one.load(std::memory_order_acquire);
      if (ring == nullptr) continue;
      for (; taken < most && ring->pop(value); ++taken) take(value);
    }
    return taken;
  }

 private:
  static constexpr std::size_t kRings = 8;

  Ring<T>& make(std::atomic<Ring<T>*>& place) {
    auto made = std::make_unique<Ring<T>>(places_);
    Ring<T>* there = nullptr;
    if (place.compare_exchange_strong(there, made.get())) return *made.release();
    return *there;
  }

  const std::size_t places_;
  std::array<std::atomic<Ring<T>*>, kRings> rings_{};
};

}  // namespace kontor::runtime
