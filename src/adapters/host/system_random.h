// The operating system's randomness, good for secrets. Owns nothing; safe from any thread.
#pragma once
#include "ports/random.h"

namespace kontor::host {

class SystemRandom : public Random {
 public:
  SystemRandom();
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace kontor::host
