// Time is a count of milliseconds since 1970-01-01T00:00:00Z, handed in by a Clock (ports/clock.h); nothing in base/
// reads one.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kontor {

struct Time {
  std::int64_t ms = 0;
  auto operator<=>(const Time&) const = default;
  constexpr Time plus_ms(std::int64_t delta) const { return Time{ms + delta}; }
};

inline constexpr std::int64_t kSecondMs = 1000;
inline constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
inline constexpr std::int64_t kHourMs = 60 * kMinuteMs;
inline constexpr std::int64_t kDayMs = 24 * kHourMs;

// RFC 3339 in UTC with milliseconds only when there are any: "2026-11-21T05:24:12Z".
std::string to_rfc3339(Time time);
void append_rfc3339(std::string& out, Time time);
// Takes any RFC 3339 date-time with `Z` or an offset; nullopt when it is none.
std::optional<Time> parse_rfc3339(std::string_view text);

}  // namespace kontor
