// What a seed's run did, folded into one number: two runs of a seed must give the same. With `keep`, the words are kept to be read.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kontor::sim {

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
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  bool keep_;
  std::uint64_t hash_ = 0xCBF29CE484222325ull;
  std::vector<std::string> lines_;
};

}  // namespace kontor::sim
