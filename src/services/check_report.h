// What `kontor check` found: each module adds its findings, by the name of the invariant that does not hold. Keeps the
// first hundred findings of an invariant and counts the rest, so that one broken rule does not hide another.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kontor::services {

class CheckReport {
 public:
  static constexpr std::size_t kKept = 100;

  // "orders.totals_add_up", and what was found where.
  void fail(std::string_view invariant, std::string detail) {
    auto& found = findings_[std::string(invariant)];
    ++found.count;
    if (found.details.size() < kKept) found.details.push_back(std::move(detail));
  }
  // How many things were looked at, for the summary.
  void looked_at(std::string_view what, std::int64_t count) { counts_[std::string(what)] += count; }

  struct Finding {
    std::int64_t count = 0;
    std::vector<std::string> details;
  };
  bool ok() const { return findings_.empty(); }
  const std::map<std::string, Finding>& findings() const { return findings_; }
  const std::map<std::string, std::int64_t>& counts() const { return counts_; }

 private:
  std::map<std::string, Finding> findings_;
  std::map<std::string, std::int64_t> counts_;
};

}  // namespace kontor::services
