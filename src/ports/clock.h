// The time, handed in: nothing above the adapters reads a clock of its own.
#pragma once
#include "base/time.h"

namespace kontor {

inline constexpr std::int64_t kClocksDifferMs = kMinuteMs;  // those of two machines, at most

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;  // wall time; may jump; safe from any thread
};

}  // namespace kontor
