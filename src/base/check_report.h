// What `kontor check` found: each module adds a line per broken invariant, with the ids that break it. Bounded: past the first
// hundred lines only the count grows, so that a badly broken store still gives a readable report.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kontor {

class CheckReport {
 public:
  static constexpr std::size_t kMostLines = 100;

  // `invariant` is "module.words"; `detail` names the row and the two figures that differ.
  void broken(std::string_view invariant, std::string detail) {
    ++broken_;
    if (lines_.size() < kMostLines) lines_.push_back(std::string(invariant) + ": " + std::move(detail));
  }
  // So many things of this kind were looked at ("inventory.stock rows", 120).
  void looked_at(std::string_view what, std::int64_t count) { counts_.push_back({std::string(what), count}); }

  bool ok() const { return broken_ == 0; }
  std::int64_t broken_count() const { return broken_; }
  const std::vector<std::string>& lines() const { return lines_; }
  struct Count {
    std::string what;
    std::int64_t count = 0;
  };
  const std::vector<Count>& counts() const { return counts_; }

 private:
  std::int64_t broken_ = 0;
  std::vector<std::string> lines_;
  std::vector<Count> counts_;
};

}  // namespace kontor
