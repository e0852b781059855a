// What a shard of LoadingCache held before runtime/fifo_table.h took its place, kept to compare with: the same flat
// table, with a CLOCK whose hand walks over the slots.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/fifo_table.h"

namespace eviction {

using kontor::Lines;
using kontor::runtime::spread_hash;

template <class Key, class Value>
class ClockTable {
 public:
  using Pointer = std::shared_ptr<const Value>;

  std::optional<Pointer> find(const Key& key) {
    Slot& slot = slots_[place(key)];
    if (!slot.taken) return std::nullopt;
    if (!slot.used) slot.used = true;
    return slot.value;
  }
  void forget(const Key& key) {
    if (const std::size_t at = place(key); slots_[at].taken) erase(at);
  }
  bool erase_if_same(const Key& key, const Pointer& held) {
    const std::size_t at = place(key);
    if (!slots_[at].taken || slots_[at].value != held) return false;
    erase(at);
    return true;
  }
  // The key must not be there. Others leave until it fits below `limit`; what is heavier than that is not kept.
  void insert(const Key& key, Pointer value, std::size_t bytes, std::size_t limit) {
    bytes += kOverhead;
    if (bytes > limit || bytes > UINT32_MAX) return;
    make_room(bytes, limit);
    if ((count_ + 1) * 8 > slots_.size() * 5) grow();
    slots_[place(key)] = Slot{key, std::move(value), static_cast<std::uint32_t>(bytes), true, false};
    ++count_;
    weight_ += bytes;
  }
  void clear() {
    slots_ = std::vector<Slot>(kFirst);
    count_ = weight_ = 0;
  }
  std::size_t weight() const { return weight_; }
  std::size_t entries() const { return count_; }
  std::uint64_t evicted() const { return evicted_; }  // to make room

  // The memory that find() will touch, and that the use of the value will.
  Lines slot_lines(const Key& key) const { return {&slots_[home(key)]}; }
  Lines value_lines(const Key& key) const {
    const Slot& slot = slots_[place(key)];
    if (!slot.taken || slot.value == nullptr) return {};
    // The beginning, with the count of owners before it, and the end, which may lie on another page; the processor
    // fetches the rest by itself while it is copied, and asking for all of it took longer.
    const char* const begin = reinterpret_cast<const char*>(slot.value.get());
    return {begin - 24, begin + 64, begin + slot.weight - kOverhead};
  }

 private:
  static constexpr std::size_t kFirst = 8;      // a power of two
  static constexpr std::size_t kOverhead = 96;  // of an entry in the table and of its allocation

  struct Slot {
    Key key{};
    Pointer value;
    std::uint32_t weight = 0;
    bool taken = false;
    bool used = false;  // since the hand last passed
  };

  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t home(const Key& key) const { return spread_hash(key) & mask(); }
  // Where the key is, or the free slot where it would be.
  std::size_t place(const Key& key) const {
    std::size_t at = home(key);
    while (slots_[at].taken && !(slots_[at].key == key)) at = (at + 1) & mask();
    return at;
  }
  void erase(std::size_t at) {
    weight_ -= slots_[at].weight;
    --count_;
    for (std::size_t next = (at + 1) & mask(); slots_[next].taken; next = (next + 1) & mask()) {
      // A slot may move up to `at` unless its home lies behind `at`.
      if (((next - home(slots_[next].key)) & mask()) < ((next - at) & mask())) continue;
      slots_[at] = std::move(slots_[next]);
      at = next;
    }
    slots_[at] = Slot{};
  }
  void make_room(std::size_t bytes, std::size_t limit) {
    while (weight_ + bytes > limit && count_ > 0) {
      hand_ &= mask();
      if (!slots_[hand_].taken || slots_[hand_].used) {
        slots_[hand_].used = false;
        ++hand_;
      } else {
        erase(hand_);
        ++evicted_;
      }
    }
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (Slot& slot : old)
      if (slot.taken) slots_[place(slot.key)] = std::move(slot);
  }

  std::vector<Slot> slots_ = std::vector<Slot>(kFirst);  // at most five eighths taken
  std::size_t count_ = 0;
  std::size_t hand_ = 0;
  std::size_t weight_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace eviction
