#include "policies.h"

#include <algorithm>
#include <array>

#include "clock_table.h"
#include "runtime/loading_cache.h"
#include "runtime/monotonic.h"

namespace eviction {

bool Lru::read(Key key) {
  const bool hit = held_[key];
  if (hit) {
    queue_.remove(key);
  } else if (queue_.size() == room_) {
    const Key leaves = queue_.oldest();
    queue_.remove(leaves);
    held_[leaves] = false;
  }
  queue_.push(key);
  held_[key] = true;
  return hit;
}

bool Clock::read(Key key) {
  if (place_[key] != kNowhere) {
    ring_[place_[key]].used = true;
    return true;
  }
  if (ring_.size() < room_) {
    place_[key] = static_cast<std::uint32_t>(ring_.size());
    ring_.push_back({key, false});
    return false;
  }
  for (; ring_[hand_].used; hand_ = (hand_ + 1) % room_) ring_[hand_].used = false;
  place_[ring_[hand_].key] = kNowhere;
  ring_[hand_] = {key, false};
  place_[key] = static_cast<std::uint32_t>(hand_);
  hand_ = (hand_ + 1) % room_;
  return false;
}

bool Sieve::read(Key key) {
  if (held_[key]) {
    used_[key] = true;
    return true;
  }
  if (queue_.size() == room_) {
    Key at = hand_ == queue_.end() ? queue_.oldest() : hand_;
    while (used_[at]) {
      used_[at] = false;
      at = queue_.newer(at) == queue_.end() ? queue_.oldest() : queue_.newer(at);
    }
    hand_ = queue_.newer(at);
    queue_.remove(at);
    held_[at] = false;
  }
  queue_.push(key);
  held_[key] = true;
  used_[key] = false;
  return false;
}

S3Fifo::S3Fifo(Key keys, std::size_t room)
    : small_(keys),
      main_(keys),
      gone_(keys),
      where_(keys, Where::kOut),
      remembered_(keys),
      used_(keys),
      room_(room),
      small_room_(std::max<std::size_t>(room / 10, 1)) {}

bool S3Fifo::read(Key key) {
  constexpr std::uint8_t kMostUses = 3;
  if (where_[key] != Where::kOut) {
    if (used_[key] < kMostUses) ++used_[key];
    return true;
  }
  while (small_.size() + main_.size() >= room_) make_room();
  used_[key] = 0;
  if (remembered_[key]) {
    gone_.remove(key);
    remembered_[key] = false;
    main_.push(key);
    where_[key] = Where::kMain;
  } else {
    small_.push(key);
    where_[key] = Where::kSmall;
  }
  return false;
}

void S3Fifo::make_room() {
  if (small_.size() >= small_room_ || main_.empty())
    leave_small();
  else
    leave_main();
}

void S3Fifo::leave_small() {
  const Key key = small_.oldest();
  small_.remove(key);
  if (used_[key] > 1) {
    used_[key] = 0;
    main_.push(key);
    where_[key] = Where::kMain;
    return;
  }
  where_[key] = Where::kOut;
  if (gone_.size() >= room_ - small_room_ && !gone_.empty()) {
    const Key forgotten = gone_.oldest();
    gone_.remove(forgotten);
    remembered_[forgotten] = false;
  }
  gone_.push(key);
  remembered_[key] = true;
}

void S3Fifo::leave_main() {
  const Key key = main_.oldest();
  main_.remove(key);
  if (used_[key] > 0) {
    --used_[key];
    main_.push(key);
  } else {
    where_[key] = Where::kOut;
  }
}

namespace {

// An answer's two kilobytes with what the table adds to each, so that the room comes out in whole entries.
constexpr std::size_t kWeight = 2048 - 96;
constexpr std::size_t kEntry = 2048;

}  // namespace

struct Shelf::Cache {
  explicit Cache(std::size_t room) : held(room * kEntry) {}
  kontor::runtime::LoadingCache<std::int64_t, char> held;
  const std::shared_ptr<const char> value = std::make_shared<const char>('v');
};

Shelf::Shelf(Key, std::size_t room) : cache_(std::make_unique<Cache>(room)) {}
Shelf::~Shelf() = default;

bool Shelf::read(Key key) {
  const std::int64_t id = std::int64_t{key} + 1;
  if (cache_->held.peek(id)) return true;
  cache_->held.put(id, cache_->value, kWeight);
  return false;
}

using FormerTable = ClockTable<std::int64_t, char>;
struct Former::Shards {
  std::array<FormerTable, 32> tables;
  std::size_t room = 0;  // of each, in bytes
  const std::shared_ptr<const char> value = std::make_shared<const char>('v');
};

Former::Former(Key, std::size_t room) : shards_(std::make_unique<Shards>()) {
  shards_->room = room * kEntry / shards_->tables.size() + 1;
}
Former::~Former() = default;

bool Former::read(Key key) {
  const std::int64_t id = std::int64_t{key} + 1;
  FormerTable& table = shards_->tables[kontor::runtime::spread_hash(id) >> 59];
  if (table.find(id)) return true;
  table.insert(id, shards_->value, kWeight, shards_->room);
  return false;
}

namespace {

template <class Table>
double nanoseconds(const std::vector<Key>& trace, std::size_t room) {
  Table table;
  const auto value = std::make_shared<const char>('v');
  std::size_t found = 0;
  const std::int64_t began = kontor::runtime::monotonic_micros();
  for (const Key key : trace) {
    const std::int64_t id = std::int64_t{key} + 1;
    if (table.find(id))
      ++found;
    else
      table.insert(id, value, kWeight, room * kEntry);
  }
  const auto micros = static_cast<double>(kontor::runtime::monotonic_micros() - began);
  return found == 0 ? 0 : micros * 1000 / static_cast<double>(trace.size());
}

}  // namespace

Costs costs(const std::vector<Key>& trace, std::size_t room) {
  constexpr int kRounds = 5;
  std::array<double, kRounds> ours{}, former{};
  for (int i = 0; i < kRounds; ++i) {
    former[i] = nanoseconds<FormerTable>(trace, room);
    ours[i] = nanoseconds<kontor::runtime::FifoTable<std::int64_t, char>>(trace, room);
  }
  std::sort(ours.begin(), ours.end());
  std::sort(former.begin(), former.end());
  return {ours[kRounds / 2], former[kRounds / 2]};
}

}  // namespace eviction
