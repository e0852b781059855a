// Seeded luck for the simulator: everything that happens by chance is drawn from here, so a seed is a whole history.
#pragma once
#include <cstdint>
#include <span>

#include "ports/random.h"

namespace kontor::sim {

class Luck : public Random {
 public:
  explicit Luck(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ull + 0x1234567) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  // 0 … bound−1.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
  }
  bool chance(int percent) { return percent > 0 && below(100) < percent; }
  // True once in so many calls, on average; never for 0.
  bool once_in(std::int64_t calls) { return calls > 0 && below(calls) == 0; }
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(next() >> 40);
  }

 private:
  std::uint64_t state_;
};

}  // namespace kontor::sim
