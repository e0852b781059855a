// Timers of one loop: a hashed wheel of 10 ms slots for real time, an exact order for virtual time.
// Starting and cancelling cost a few nanoseconds and no allocation once the table has grown; a timer never fires early.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <tuple>
#include <vector>

namespace kontor::runtime {

class TimerWheel {
 public:
  using Id = std::uint64_t;  // 0 is never a timer

  explicit TimerWheel(bool exact) : exact_(exact) { slots_.fill(kNone); }

  Id start(std::int64_t now_ms, std::int64_t after_ms, std::function<void()> callback);
  void cancel(Id id);  // unknown and fired ids are ignored
  // Calls what is due at `now_ms`, in the order of being due (exact) or of slots; returns how many were called.
  std::size_t fire(std::int64_t now_ms);
  // Milliseconds until fire() may have something to do; -1 when no timer runs.
  std::int64_t until_next(std::int64_t now_ms) const;
  std::size_t size() const { return size_; }
  void clear();

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::int64_t kTickMs = 10;
  static constexpr std::size_t kSlots = 512;
  struct Node {
    std::function<void()> callback;
    std::int64_t due = 0;  // ticks on the wheel, milliseconds when exact
    std::uint64_t order = 0;
    std::uint32_t generation = 1;
    std::uint32_t next = kNone;
    std::uint32_t previous = kNone;
    bool running = false;
  };
  using Key = std::tuple<std::int64_t, std::uint64_t, std::uint32_t>;  // due, order, index

  std::uint32_t take_node();
  void release(std::uint32_t index);
  void link(std::uint32_t index);
  void unlink(std::uint32_t index);
  void collect(std::int64_t now_ms);

  const bool exact_;
  std::vector<Node> nodes_;
  std::uint32_t free_ = kNone;
  std::array<std::uint32_t, kSlots> slots_;  // first node of each slot
  std::array<std::uint64_t, kSlots / 64> filled_{};
  std::set<Key> ordered_;
  std::vector<Id> due_;
  std::int64_t last_tick_ = -1;  // slots up to here were looked at
  std::uint64_t next_order_ = 1;
  std::size_t size_ = 0;
};

}  // namespace kontor::runtime
