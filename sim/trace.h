// What a seed's run did, folded into one number: two runs of a seed must give the same. With `keep`, the words are kept
// to be read. Beside it, how often each rare branch was reached, so that one that never is can be seen.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kontor::sim {

using Coverage = std::map<std::string, std::int64_t, std::less<>>;

class Trace {
 public:
  explicit Trace(bool keep) : keep_(keep) {}
  void say(std::int64_t at_ms, std::string_view words) {
    fold(static_cast<std::uint64_t>(at_ms));
    for (const char c : words) fold(static_cast<unsigned char>(c));
    if (keep_) lines_.push_back(std::to_string(at_ms) + " " + std::string(words));
  }
  void fold(std::uint64_t number) { hash_ = (hash_ ^ number) * 0x100000001B3ull + 0x9E37; }
  std::uint64_t hash() const { return hash_; }
  bool keeps() const { return keep_; }
  std::vector<std::string>& lines() { return lines_; }

  void reached(std::string_view branch) {
    const auto found = coverage_.find(branch);
    if (found != coverage_.end())
      ++found->second;
    else
      coverage_.emplace(branch, 1);
  }
  const Coverage& coverage() const { return coverage_; }

 private:
  bool keep_;
  std::uint64_t hash_ = 0xCBF29CE484222325ull;
  std::vector<std::string> lines_;
  Coverage coverage_;
};

}  // namespace kontor::sim
