// Randomness, handed in: secrets come from the operating system in production and from a seed in the simulator.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace kontor {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;  // safe from any thread

  std::uint64_t number();              // uniform over 64 bits
  std::string hex(std::size_t bytes);  // 2 characters a byte
};

}  // namespace kontor
