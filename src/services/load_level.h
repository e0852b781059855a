// From how busy a process is to a level of degradation, 0 to kMostLevel: a pure state machine. It rises fast, straight
// to the level whose threshold was exceeded all the while, and falls slowly, one level at a time, once the load is well
// below the threshold that it rose by. So a load that stays the same never makes it go up and down.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace kontor::services {

inline constexpr int kMostLevel = 4;

// How busy a process is; of several event loops the one that is worst off.
struct Load {
  std::int64_t delay_us = 0;  // how long what is ready to run waits for its turn
  std::int64_t requests = 0;  // at work or waiting
};

struct LoadThresholds {
  using Each = std::array<std::int64_t, kMostLevel>;  // of levels 1 to 4; none is smaller than the one before
  // "100 250 500 1000"; nullopt for anything else.
  static std::optional<Each> parse(std::string_view text);

  bool follows_load = true;  // false: level 0 whatever the load
  // From which on a level is called for, levels 1 to 4; either is enough.
  Each delay_ms{100, 250, 500, 1000};
  Each requests{400, 800, 1200, 1600};
  std::int64_t rise_after_ms = 1'000;
  std::int64_t fall_after_ms = 10'000;  // below kFallPercent of its thresholds

  static constexpr std::int64_t kFallPercent = 60;
};

class LoadLevel {
 public:
  explicit LoadLevel(const LoadThresholds& thresholds) : thresholds_(thresholds) {}

  // A measurement; answers the level that holds from now on. What lies between two measurements counts for a second at
  // most, so that neither a gap nor a clock that jumps is taken for a load.
  int step(Time now, const Load& load);
  int level() const { return level_; }
  const LoadThresholds& thresholds() const { return thresholds_; }

 private:
  int called_for(const Load& load) const;
  bool is_calm(const Load& load) const;

  const LoadThresholds thresholds_;
  int level_ = 0;
  std::optional<Time> last_;
  std::optional<int> rising_to_;  // the least that was called for since the load came
  bool calm_ = false;
  std::int64_t held_ms_ = 0;  // how long it has been rising or calm
};

}  // namespace kontor::services
