// How long what the gateway or the store did not settle rests before it is tried again: a second, and twice as long
// after each try.
#pragma once
#include <algorithm>
#include <cstdint>

namespace kontor::checkout {

constexpr std::int64_t retry_wait_ms(std::int64_t attempts, std::int64_t longest_ms) {
  constexpr std::int64_t kFirstMs = 1000;
  constexpr std::int64_t kMostDoublings = 10;
  return std::min(kFirstMs << std::min(attempts, kMostDoublings), longest_ms);
}

}  // namespace kontor::checkout
