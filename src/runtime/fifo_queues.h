// What a FifoTable remembers beside its slots: the order in which they came, and who left lately.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kontor::runtime {

// Hashes of who left lately, four to a row, of which the oldest makes way. One in some thousand that was never here is
// taken for one that was, which costs nothing but a place in the main queue.
class GoneHashes {
 public:
  void note(std::size_t hash, std::size_t rows) {
    if (rows_.size() != rows) rows_.assign(rows, Row{});
    Row& row = rows_[mark_of(hash) & (rows_.size() - 1)];
    for (std::size_t i = row.size() - 1; i > 0; --i) row[i] = row[i - 1];
    row[0] = mark_of(hash);
  }
  // Whether it is remembered; it is not any more.
  bool take(std::size_t hash) {
    if (rows_.empty()) return false;
    const std::uint32_t mark = mark_of(hash);
    for (std::uint32_t& place : rows_[mark & (rows_.size() - 1)])
      if (place == mark) {
        place = 0;
        return true;
      }
    return false;
  }
  void clear() { rows_.clear(); }

 private:
  using Row = std::array<std::uint32_t, 4>;
  // Of bits that tell neither the shard nor, in tables of usual size, the slot; never 0.
  static std::uint32_t mark_of(std::size_t hash) {
    const auto mark = static_cast<std::uint32_t>(hash >> 20);
    return mark == 0 ? 1 : mark;
  }
  std::vector<Row> rows_;  // a power of two, or none yet
};

// First in, first out, in one piece of memory.
class EntryQueue {
 public:
  std::size_t size() const { return entries_.size() - head_; }
  void push(std::uint64_t entry) { entries_.push_back(entry); }
  std::uint64_t pop() {
    const std::uint64_t entry = entries_[head_++];
    if (head_ >= 64 && head_ * 2 > entries_.size()) {
      entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return entry;
  }
  void clear() { *this = EntryQueue(); }

 private:
  std::vector<std::uint64_t> entries_;
  std::size_t head_ = 0;
};

}  // namespace kontor::runtime
