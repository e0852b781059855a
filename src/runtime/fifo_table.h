// What a shard of LoadingCache holds: keys and shared values in one flat table, bounded by weight. Flat because a
// look-up in memory that no processor cache holds costs what it touches: open addressing, linear probing, no tombstones
// (what follows an erased slot moves up). Who makes room is chosen by S3-FIFO (Yang et al., SOSP 2023): what is new is
// on probation, in a tenth of the room; who is asked for twice meanwhile moves to the main queue; who leaves is
// remembered for a while, by hash alone, and on coming back goes there at once. A use is counted in the slot and moves
// nothing. bench/eviction says why this one. Not locked.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/fetch_lines.h"
#include "runtime/fifo_queues.h"

namespace kontor::runtime {

// std::hash of an integer is the integer: spread, so that the low bits (the slot) and the high ones (the shard) differ.
template <class Key>
std::size_t spread_hash(const Key& key) {
  const std::uint64_t spread = static_cast<std::uint64_t>(std::hash<Key>{}(key)) * 0x9E3779B97F4A7C15ull;
  return static_cast<std::size_t>(spread ^ (spread >> 29));
}

template <class Key, class Value>
class FifoTable {
 public:
  using Pointer = std::shared_ptr<const Value>;

  std::optional<Pointer> find(const Key& key) {
    Slot& slot = slots_[place(key)];
    if (slot.where == Where::kFree) return std::nullopt;
    if (slot.uses < kMostUses) ++slot.uses;
    return slot.value;
  }
  // Null: it is not there. No use of it.
  const Pointer* look(const Key& key) const {
    const Slot& slot = slots_[place(key)];
    return slot.where == Where::kFree ? nullptr : &slot.value;
  }
  // What was asked for often and is dropped because it changed need not prove itself again.
  void forget(const Key& key) {
    const std::size_t at = place(key);
    if (slots_[at].where == Where::kFree) return;
    if (is_proven(slots_[at])) note_gone(slots_[at]);
    erase(at);
  }
  // The key must not be there. Others leave until it fits below `limit`; what is heavier than that is not kept.
  void insert(const Key& key, Pointer value, std::size_t bytes, std::size_t limit) {
    bytes += kOverhead;
    if (bytes > limit || bytes > UINT32_MAX) return;
    make_room(bytes, limit);
    if ((count_ + 1) * 8 > slots_.size() * 5) grow();
    Slot& slot = slots_[place(key)];
    slot.key = key;
    slot.value = std::move(value);
    slot.weight = static_cast<std::uint32_t>(bytes);
    slot.ticket = next_ticket_++;
    slot.uses = 0;
    ++count_;
    weight_ += bytes;
    enter(slot, gone_.take(spread_hash(key)) ? Where::kMain : Where::kSmall);
  }
  // Another value in the place of the one that is there, which stays as proven as it was. False: there is none.
  bool replace(const Key& key, Pointer value, std::size_t bytes, std::size_t limit) {
    const std::size_t at = place(key);
    if (slots_[at].where == Where::kFree) return false;
    bytes += kOverhead;
    if (bytes > limit || bytes > UINT32_MAX) {
      erase(at);
      return true;
    }
    Slot& slot = slots_[at];
    if (slot.where == Where::kSmall) small_weight_ = small_weight_ - slot.weight + bytes;
    weight_ = weight_ - slot.weight + bytes;
    slot.weight = static_cast<std::uint32_t>(bytes);
    slot.value = std::move(value);
    make_room(0, limit);
    return true;
  }
  bool contains(const Key& key) const { return slots_[place(key)].where != Where::kFree; }
  bool holds(const Key& key, const Pointer& value) const {
    const Slot& slot = slots_[place(key)];
    return slot.where != Where::kFree && slot.value == value;
  }
  void clear() {
    slots_ = std::vector<Slot>(kFirst);
    small_.clear();
    main_.clear();
    gone_.clear();
    count_ = weight_ = small_weight_ = main_count_ = 0;
  }
  std::size_t weight() const { return weight_; }
  std::size_t entries() const { return count_; }
  std::uint64_t evicted() const { return evicted_; }  // to make room

  // The memory that find() will touch, and that the use of the value will.
  Lines slot_lines(const Key& key) const { return {&slots_[home(spread_hash(key))]}; }
  Lines value_lines(const Key& key) const {
    const Slot& slot = slots_[place(key)];
    if (slot.where == Where::kFree || slot.value == nullptr) return {};
    // The beginning, with the count of owners before it, and the end, which may lie on another page; the processor
    // fetches the rest by itself while it is copied, and asking for all of it took longer.
    const char* const begin = reinterpret_cast<const char*>(slot.value.get());
    return {begin - 24, begin + 64, begin + slot.weight - kOverhead};
  }

 private:
  static constexpr std::size_t kFirst = 8;      // a power of two
  static constexpr std::size_t kOverhead = 96;  // of an entry in the table and of its allocation
  static constexpr std::size_t kNowhere = SIZE_MAX;
  static constexpr std::uint8_t kMostUses = 3, kProven = 2;
  static constexpr std::size_t kProbation = 10;  // one in so many parts of the room
  static constexpr std::uint64_t kHashBits = (std::uint64_t{1} << 48) - 1;

  enum class Where : std::uint8_t { kFree, kSmall, kMain };
  struct Slot {  // half a line of memory, where the key is an id
    Key key{};
    Pointer value;
    std::uint32_t weight = 0;
    std::uint16_t ticket = 0;  // tells the slot's place in its queue from those that it had before
    Where where = Where::kFree;
    std::uint8_t uses = 0;  // since it came, or since its turn in the main queue
  };

  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t home(std::size_t hash) const { return hash & mask(); }
  // Where the key is, or the free slot where it would be.
  std::size_t place(const Key& key) const {
    std::size_t at = home(spread_hash(key));
    while (slots_[at].where != Where::kFree && !(slots_[at].key == key)) at = (at + 1) & mask();
    return at;
  }

  // A place in a queue names its slot by the key's hash and the ticket: slots move. One whose slot has gone, or has a
  // later place, is passed over.
  static std::uint64_t entry_of(const Slot& slot) {
    return (spread_hash(slot.key) & kHashBits) | std::uint64_t{slot.ticket} << 48;
  }
  std::size_t find_entry(std::uint64_t entry, Where where) const {
    for (std::size_t at = entry & kHashBits & mask(); slots_[at].where != Where::kFree; at = (at + 1) & mask())
      if (slots_[at].ticket == entry >> 48 && slots_[at].where == where && entry_of(slots_[at]) == entry) return at;
    return kNowhere;
  }
  EntryQueue& queue(Where where) { return where == Where::kSmall ? small_ : main_; }
  void enter(Slot& slot, Where where) {
    slot.where = where;
    if (where == Where::kSmall)
      small_weight_ += slot.weight;
    else
      ++main_count_;
    queue(where).push(entry_of(slot));
    if (queue(where).size() > 2 * count_ + 64) tidy(where);
  }
  void leave_queue(const Slot& slot) {
    if (slot.where == Where::kSmall)
      small_weight_ -= slot.weight;
    else
      --main_count_;
  }
  // What is dropped and comes again, over and over, leaves places behind.
  void tidy(Where where) {
    EntryQueue& all = queue(where);
    for (std::size_t left = all.size(); left > 0; --left)
      if (const std::uint64_t entry = all.pop(); find_entry(entry, where) != kNowhere) all.push(entry);
  }

  static bool is_proven(const Slot& slot) { return slot.where == Where::kMain || slot.uses >= kProven; }
  void note_gone(const Slot& slot) { gone_.note(spread_hash(slot.key), slots_.size() / 8); }

  void erase(std::size_t at) {
    leave_queue(slots_[at]);
    weight_ -= slots_[at].weight;
    --count_;
    for (std::size_t next = (at + 1) & mask(); slots_[next].where != Where::kFree; next = (next + 1) & mask()) {
      // A slot may move up to `at` unless its home lies behind `at`.
      if (((next - home(spread_hash(slots_[next].key))) & mask()) < ((next - at) & mask())) continue;
      slots_[at] = std::move(slots_[next]);
      at = next;
    }
    slots_[at] = Slot{};
  }

  void make_room(std::size_t bytes, std::size_t limit) {
    while (weight_ + bytes > limit && count_ > 0) {
      if (small_weight_ * kProbation >= limit || main_count_ == 0)
        leave_small();
      else
        leave_main();
    }
  }
  void leave_small() {
    const std::size_t at = find_entry(small_.pop(), Where::kSmall);
    if (at == kNowhere) return;
    Slot& slot = slots_[at];
    if (slot.uses >= kProven) {
      leave_queue(slot);
      slot.uses = 0;
      enter(slot, Where::kMain);
      return;
    }
    note_gone(slot);
    erase(at);
    ++evicted_;
  }
  void leave_main() {
    const std::uint64_t entry = main_.pop();
    const std::size_t at = find_entry(entry, Where::kMain);
    if (at == kNowhere) return;
    if (slots_[at].uses > 0) {
      --slots_[at].uses;
      main_.push(entry);
      return;
    }
    erase(at);
    ++evicted_;
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (Slot& slot : old)
      if (slot.where != Where::kFree) slots_[place(slot.key)] = std::move(slot);
  }

  std::vector<Slot> slots_ = std::vector<Slot>(kFirst);  // at most five eighths taken
  EntryQueue small_, main_;
  GoneHashes gone_;
  std::size_t count_ = 0, main_count_ = 0;
  std::size_t weight_ = 0, small_weight_ = 0;
  std::uint64_t evicted_ = 0;
  std::uint16_t next_ticket_ = 0;
};

}  // namespace kontor::runtime
