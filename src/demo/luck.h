// The generator's own dice: everything about product n of seed s follows from these two numbers, on every machine.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/assert.h"

namespace kontor::demo {

class Luck {
 public:
  Luck(std::uint64_t seed, std::uint64_t n) : state_(seed * 0x9e3779b97f4a7c15ull ^ (n + 1) * 0xbf58476d1ce4e5b9ull) {}

  std::uint64_t number() {  // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t count) {
    KONTOR_ASSERT(count > 0);
    return static_cast<std::size_t>(number() % count);
  }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::size_t>(most - least + 1)));
  }
  bool percent(int chance) { return below(100) < static_cast<std::size_t>(chance); }
  double share() { return static_cast<double>(number() >> 11) * 0x1p-53; }  // 0 ≤ share < 1
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::uint64_t state_;
};

constexpr std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 1469598103934665603ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash ^ (hash >> 29);
}

}  // namespace kontor::demo
