// What short texts come to that many products share, brands and values of attributes. They are taken apart when they
// are first seen, and again only when another one took their place here. The writer's.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/search_embedded/word_table.h"

namespace kontor::search_embedded {

class Phrases {
 public:
  struct Key {
    std::string_view of;  // what the text belongs to; may be empty
    std::string_view text;
    std::uint16_t kind = 0;  // texts of two kinds have nothing to do with each other
  };
  struct Phrase {
    std::uint32_t ordinal = kNone;     // the caller's
    std::vector<std::uint32_t> terms;  // in the order of the text, each as often as it is there
  };
  static constexpr std::size_t kLongest = 96;  // bytes of a key that is worth keeping

  // The phrase of the key, made by `make(phrase)` where it is not known. Lives until the next call.
  template <class Make>
  const Phrase& get(const Key& key, Make&& make) {
    const std::uint64_t hash = hash_of(key);
    Slot& slot = key.of.size() + key.text.size() <= kLongest ? slots_[hash & (kSlots - 1)] : unkept_;
    if (slot.hash == hash && slot.kind == key.kind && slot.of == key.of && slot.text == key.text) return slot.phrase;
    slot.hash = 0;
    slot.phrase.ordinal = kNone;
    slot.phrase.terms.clear();
    make(slot.phrase);
    if (&slot == &unkept_) return slot.phrase;
    slot.of = key.of;
    slot.text = key.text;
    slot.kind = key.kind;
    slot.hash = hash;
    return slot.phrase;
  }

 private:
  static constexpr std::size_t kSlots = 8192;
  struct Slot {
    std::uint64_t hash = 0;  // 0: free, or being made
    std::uint16_t kind = 0;
    std::string of, text;
    Phrase phrase;
  };
  // Never 0.
  static std::uint64_t hash_of(const Key& key) {
    return (hash_text(key.text) ^ hash_text(key.of, 1) * 3 ^ key.kind * 0x9E3779B97F4A7C15ull) | std::uint64_t{1} << 63;
  }

  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);
  Slot unkept_;
};

}  // namespace kontor::search_embedded
