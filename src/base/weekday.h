// Days of a local clock: what a moment is called depends on a time zone (services/time_zone.h); from there on a day is
// a number and pure computation. Days count from 1970-01-01, which was a Thursday.
#pragma once
#include <array>
#include <cstdint>

#include "base/described.h"

namespace kontor {

enum class Weekday { kMonday, kTuesday, kWednesday, kThursday, kFriday, kSaturday, kSunday };
constexpr auto enum_names(Weekday) {
  using N = EnumName<Weekday>;
  return std::array{N{Weekday::kMonday, "monday"},       N{Weekday::kTuesday, "tuesday"},
                    N{Weekday::kWednesday, "wednesday"}, N{Weekday::kThursday, "thursday"},
                    N{Weekday::kFriday, "friday"},       N{Weekday::kSaturday, "saturday"},
                    N{Weekday::kSunday, "sunday"}};
}

// What a local clock shows.
struct LocalTime {
  std::int64_t day = 0;
  std::int64_t minute = 0;  // of that day, 0 to 1439
  bool operator==(const LocalTime&) const = default;
};

// Of a day, also one before 1970.
constexpr Weekday weekday_of(std::int64_t day) { return static_cast<Weekday>(((day % 7) + 7 + 3) % 7); }

}  // namespace kontor
