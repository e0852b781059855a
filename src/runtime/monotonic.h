// Time that only runs forward, for measuring and for deadlines inside runtime/. What a clock shows comes from
// ports/clock.h.
#pragma once
#include <time.h>

#include <cstdint>

namespace kontor::runtime {

inline std::int64_t monotonic_micros() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace kontor::runtime
