#include "adapters/search_embedded/word_table.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace kontor::search_embedded {
namespace {

constexpr std::size_t kArena = 256 * 1024;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

// The same on every machine and for ever: snapshots keep parts of it.
std::uint64_t hash_text(std::string_view text, std::uint8_t tag) {
  constexpr std::uint64_t kA = 0xA0761D6478BD642Full, kB = 0xE7037ED1A0B428DBull;
  std::uint64_t hash = mix(kA ^ text.size(), kB ^ tag);
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    hash = mix(hash ^ word, kB);
  }
  std::uint64_t word = 0;
  if (left != 0) std::memcpy(&word, at, left);
  return mix(hash ^ word, kA);
}

WordTable::WordTable() {
  all_slots_.push_back(std::make_unique<Slots>(1024));
  slots_.store(all_slots_.back().get(), std::memory_order_release);
}

std::uint32_t WordTable::find_hashed(std::string_view text, std::uint8_t tag, std::uint64_t hash) const {
  const Slots& slots = *slots_.load(std::memory_order_acquire);
  for (std::uint64_t at = hash & slots.mask;; at = (at + 1) & slots.mask) {
    const std::uint64_t slot = slots.slots[at].load(std::memory_order_acquire);
    if (slot == 0) return kNone;
    if ((slot >> 32) != (hash >> 32)) continue;
    const auto id = static_cast<std::uint32_t>(slot) - 1;
    const Entry& entry = entries_[id];
    if (entry.tag == tag && std::string_view(entry.text, entry.size) == text) return id;
  }
}

std::uint32_t WordTable::likely(std::uint64_t hash) const {
  const Slots& slots = *slots_.load(std::memory_order_acquire);
  const std::uint64_t slot = slots.slots[hash & slots.mask].load(std::memory_order_acquire);
  return slot != 0 && (slot >> 32) == (hash >> 32) ? static_cast<std::uint32_t>(slot) - 1 : kNone;
}

void WordTable::fetch_slot(std::uint64_t hash) const {
  const Slots& slots = *slots_.load(std::memory_order_acquire);
  __builtin_prefetch(&slots.slots[hash & slots.mask]);
}

void WordTable::fetch_entry(std::uint64_t hash) const {
  if (const std::uint32_t id = likely(hash); id != kNone) __builtin_prefetch(&entries_[id]);
}

void WordTable::fetch_text(std::uint64_t hash) const {
  if (const std::uint32_t id = likely(hash); id != kNone) __builtin_prefetch(entries_[id].text);
}

std::uint32_t WordTable::add(std::string_view text, std::uint8_t tag, std::uint32_t value) {
  const std::uint64_t hash = hash_text(text, tag);
  const std::uint32_t known = find_hashed(text, tag, hash);
  return known != kNone ? known : add_new(text, tag, value, hash);
}

std::uint32_t WordTable::add_new(std::string_view text, std::uint8_t tag, std::uint32_t value, std::uint64_t hash) {
  KONTOR_ASSERT(text.size() <= kLongest);
  const std::uint64_t slots = all_slots_.back()->mask + 1;
  if (entries_.size() * 4ull > slots * 3) grow(slots * 2);
  const std::uint32_t id = entries_.push({keep(text), value, static_cast<std::uint16_t>(text.size()), tag});
  put(*all_slots_.back(), hash, id);
  bytes_.fetch_add(sizeof(Entry) + text.size(), std::memory_order_relaxed);
  return id;
}

void WordTable::reserve(std::uint32_t count) {
  std::uint64_t slots = all_slots_.back()->mask + 1;
  while (count * 4ull > slots * 3) slots *= 2;
  if (slots > all_slots_.back()->mask + 1) grow(slots);
}

void WordTable::put(Slots& slots, std::uint64_t hash, std::uint32_t id) {
  std::uint64_t at = hash & slots.mask;
  while (slots.slots[at].load(std::memory_order_relaxed) != 0) at = (at + 1) & slots.mask;
  slots.slots[at].store((hash >> 32 << 32) | (id + 1), std::memory_order_release);
}

const char* WordTable::keep(std::string_view text) {
  if (text.size() > arena_left_) {
    const std::size_t size = std::max(kArena, text.size());
    arenas_.push_back(std::make_unique<char[]>(size));
    arena_at_ = arenas_.back().get();
    arena_left_ = size;
  }
  char* const kept = arena_at_;
  if (!text.empty()) std::memcpy(kept, text.data(), text.size());
  arena_at_ += text.size();
  arena_left_ -= text.size();
  return kept;
}

void WordTable::grow(std::uint64_t count) {
  auto larger = std::make_unique<Slots>(count);
  for (std::uint32_t id = 0; id < entries_.size(); ++id) put(*larger, hash_text(this->text(id), tag(id)), id);
  bytes_.fetch_add(count * 8, std::memory_order_relaxed);
  all_slots_.push_back(std::move(larger));
  slots_.store(all_slots_.back().get(), std::memory_order_release);
}

}  // namespace kontor::search_embedded
