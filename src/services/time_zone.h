// A time zone by its IANA name, with the rules that ICU has of it: what a local clock shows at a moment. Immutable and
// cheap to copy; safe from any thread. Nothing of ICU shows here.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/time.h"
#include "base/weekday.h"

namespace kontor::services {

class TimeZone {
 public:
  TimeZone() = default;  // UTC
  // "Europe/Berlin", upper and lower case as IANA writes them, or "UTC". nullopt for anything else: abbreviations
  // ("CET", "BST") mean different things to different people, and offsets ("GMT+1") know no summer time.
  static std::optional<TimeZone> of(std::string_view name);

  const std::string& name() const { return name_; }
  // What the local clock is ahead of UTC, in milliseconds; behind: negative.
  std::int64_t offset_ms(Time at) const;
  LocalTime local(Time at) const;
  Weekday weekday(Time at) const { return weekday_of(local(at).day); }

 private:
  struct Rules;
  std::string name_ = "UTC";
  std::shared_ptr<const Rules> rules_;  // null: UTC
};

bool is_time_zone(std::string_view name);
// For described members: a name that there is not is refused at its place.
inline constexpr Format kTimeZone{"time zone", is_time_zone};

}  // namespace kontor::services
