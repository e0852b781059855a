// Numbers for texts, remembered in a fixed room, in one line of memory each look-up, by any thread: a hint, not an
// answer. A number may be one that was noted for another text (rarely), or for this one some time ago, or be forgotten,
// so whoever uses it checks what it leads to.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/fetch_lines.h"

namespace kontor::runtime {

class HintTable {
 public:
  // `places` is rounded up to a power of two.
  explicit HintTable(std::size_t places) {
    std::size_t rows = 1;
    while (rows * kWays < places) rows *= 2;
    mask_ = rows - 1;
    rows_ = std::make_unique<Row[]>(rows);
  }

  static std::uint64_t hash(std::string_view text) { return std::hash<std::string_view>{}(text) | 1; }  // never 0

  // 0: none. The caller's numbers are not 0.
  std::int64_t find(std::uint64_t hash) const {
    for (const Place& place : row(hash).places)
      if (place.hash.load(std::memory_order_relaxed) == hash) return place.number.load(std::memory_order_relaxed);
    return 0;
  }
  void note(std::uint64_t hash, std::int64_t number) {
    Row& mine = rows_[index(hash)];
    Place* free = &mine.places[hash >> 62];  // taken from whom it hits, when all are
    for (Place& place : mine.places) {
      const std::uint64_t held = place.hash.load(std::memory_order_relaxed);
      if (held != hash && held != 0) continue;
      free = &place;
      if (held == hash) break;
    }
    free->hash.store(hash, std::memory_order_relaxed);
    free->number.store(number, std::memory_order_relaxed);
  }
  Lines lines(std::uint64_t hash) const { return {&row(hash)}; }

 private:
  static constexpr std::size_t kWays = 4;
  struct Place {
    std::atomic<std::uint64_t> hash{0};
    std::atomic<std::int64_t> number{0};
  };
  struct alignas(64) Row {
    Place places[kWays];
  };
  std::size_t index(std::uint64_t hash) const { return (hash >> 1) & mask_; }
  const Row& row(std::uint64_t hash) const { return rows_[index(hash)]; }

  std::size_t mask_ = 0;
  std::unique_ptr<Row[]> rows_;
};

}  // namespace kontor::runtime
