// Round figures for the ranges that people choose from.
#pragma once
#include <cstdint>

namespace kontor {

// 1, 2 or 5 times a power of ten: at most `parts` such steps from 0 to `top`.
constexpr std::int64_t round_step(std::int64_t top, std::int64_t parts) {
  std::int64_t step = 1;
  while (step * parts < top) {
    if (step * 2 * parts >= top) return step * 2;
    if (step * 5 * parts >= top) return step * 5;
    step *= 10;
  }
  return step;
}

}  // namespace kontor
