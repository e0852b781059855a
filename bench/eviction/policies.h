// Evictions as models over keys of equal weight: each holds so many keys, is asked for one, and says whether it had it
// (if not, it has it now). `Shelf` is the program's own cache.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "traces.h"

namespace eviction {

class Policy {
 public:
  virtual ~Policy() = default;
  virtual bool read(Key key) = 0;
};

// A doubly linked list of keys in arrays: the newest in front.
class Queue {
 public:
  explicit Queue(Key keys) : older_(keys + 1, keys), newer_(keys + 1, keys), end_(keys) {}
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  Key end() const { return end_; }
  Key oldest() const { return newer_[end_]; }
  Key newer(Key key) const { return newer_[key]; }  // end(): none
  void push(Key key) {
    const Key newest = older_[end_];
    older_[key] = newest;
    newer_[key] = end_;
    newer_[newest] = older_[end_] = key;
    ++size_;
  }
  void remove(Key key) {
    newer_[older_[key]] = newer_[key];
    older_[newer_[key]] = older_[key];
    --size_;
  }

 private:
  std::vector<Key> older_, newer_;
  Key end_;
  std::size_t size_ = 0;
};

// least recently used
class Lru : public Policy {
 public:
  Lru(Key keys, std::size_t room) : queue_(keys), held_(keys), room_(room) {}
  bool read(Key key) override;

 private:
  Queue queue_;
  std::vector<bool> held_;
  std::size_t room_;
};

// The textbook's CLOCK: a ring in the order of arrival.
class Clock : public Policy {
 public:
  Clock(Key keys, std::size_t room) : place_(keys, kNowhere), room_(room) {}
  bool read(Key key) override;

 private:
  static constexpr std::uint32_t kNowhere = UINT32_MAX;
  struct Slot {
    Key key;
    bool used;
  };
  std::vector<Slot> ring_;
  std::vector<std::uint32_t> place_;
  std::size_t room_, hand_ = 0;
};

// SIEVE (Zhang et al., NSDI 2024): like CLOCK, but what was used stays where it is, and new keys come in front.
class Sieve : public Policy {
 public:
  Sieve(Key keys, std::size_t room) : queue_(keys), held_(keys), used_(keys), room_(room), hand_(keys) {}
  bool read(Key key) override;

 private:
  Queue queue_;
  std::vector<bool> held_, used_;
  std::size_t room_;
  Key hand_;
};

// S3-FIFO (Yang et al., SOSP 2023): a tenth on probation, a main queue, and a memory of who left the probation.
class S3Fifo : public Policy {
 public:
  S3Fifo(Key keys, std::size_t room);
  bool read(Key key) override;

 private:
  enum class Where : std::uint8_t { kOut, kSmall, kMain };
  void make_room();
  void leave_small();
  void leave_main();

  Queue small_, main_, gone_;
  std::vector<Where> where_;
  std::vector<bool> remembered_;
  std::vector<std::uint8_t> used_;
  std::size_t room_, small_room_;
};

// The program's own: runtime/loading_cache.h, with its shards and weights.
class Shelf : public Policy {
 public:
  Shelf(Key keys, std::size_t room);
  ~Shelf() override;
  bool read(Key key) override;

 private:
  struct Cache;
  std::unique_ptr<Cache> cache_;
};

// What the program had before (clock_table.h), in as many shards.
class Former : public Policy {
 public:
  Former(Key keys, std::size_t room);
  ~Former() override;
  bool read(Key key) override;

 private:
  struct Shards;
  std::unique_ptr<Shards> shards_;
};

// Nanoseconds that a read of the trace takes, of the program's table and of the former one, misses with their making
// room included: one shard with all of the room, without locks.
struct Costs {
  double ours = 0, former = 0;
};
Costs costs(const std::vector<Key>& trace, std::size_t room);

}  // namespace eviction
