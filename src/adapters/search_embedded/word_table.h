// Texts and their numbers, given in the order in which they were first seen and never taken back. One thread adds while
// any number look up: a look-up sees a text or not, never half of it, and takes no lock.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/search_embedded/append_list.h"

namespace kontor::search_embedded {

inline constexpr std::uint32_t kNone = 0xFFFFFFFFu;

std::uint64_t hash_text(std::string_view text, std::uint8_t tag = 0);

class WordTable {
 public:
  WordTable();
  WordTable(const WordTable&) = delete;
  WordTable& operator=(const WordTable&) = delete;

  // kNone when there is none. The tag keeps equal texts of different kinds (languages) apart.
  std::uint32_t find(std::string_view text, std::uint8_t tag = 0) const {
    return find_hashed(text, tag, hash_text(text, tag));
  }
  std::uint32_t find_hashed(std::string_view text, std::uint8_t tag, std::uint64_t hash) const;
  // Ask for the memory that find_hashed() will look at: its slot, then the entry that lies there, then that one's text.
  // Each when the one before has come, so that many look-ups wait together.
  void fetch_slot(std::uint64_t hash) const;
  void fetch_entry(std::uint64_t hash) const;
  void fetch_text(std::uint64_t hash) const;
  // The writer's: its number, a new one when it was not there. A text has at most kLongest bytes.
  static constexpr std::size_t kLongest = 0xFFFF;
  std::uint32_t add(std::string_view text, std::uint8_t tag = 0, std::uint32_t value = 0);

  // The same for one that find_hashed() did not find.
  std::uint32_t add_new(std::string_view text, std::uint8_t tag, std::uint32_t value, std::uint64_t hash);
  void reserve(std::uint32_t count);

  std::string_view text(std::uint32_t id) const { return {entries_[id].text, entries_[id].size}; }
  std::uint8_t tag(std::uint32_t id) const { return entries_[id].tag; }
  std::uint32_t value(std::uint32_t id) const { return entries_[id].value; }
  std::uint32_t size() const { return entries_.size(); }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    const char* text = nullptr;
    std::uint32_t value = 0;
    std::uint16_t size = 0;
    std::uint8_t tag = 0;
  };
  static_assert(sizeof(Entry) == 16);
  // A slot is the hash's upper half and the number plus 1; 0 is free.
  struct Slots {
    explicit Slots(std::uint64_t count) : mask(count - 1), slots(new std::atomic<std::uint64_t>[count] {}) {}
    std::uint64_t mask;
    std::unique_ptr<std::atomic<std::uint64_t>[]> slots;
  };
  std::uint32_t likely(std::uint64_t hash) const;  // kNone: it lies in a later slot, or nowhere
  static void put(Slots& slots, std::uint64_t hash, std::uint32_t id);
  const char* keep(std::string_view text);
  void grow(std::uint64_t count);

  AppendList<Entry> entries_;
  std::atomic<Slots*> slots_;
  // Earlier, smaller ones stay: a reader may still be in one. Together they are no larger than the last.
  std::vector<std::unique_ptr<Slots>> all_slots_;
  std::vector<std::unique_ptr<char[]>> arenas_;
  std::size_t arena_left_ = 0;
  char* arena_at_ = nullptr;
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace kontor::search_embedded
