#include "services/time_zone.h"

#include <unicode/timezone.h>

#include <algorithm>

#include "base/assert.h"

namespace kontor::services {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::int64_t kMinutesADay = kDayMs / kMinuteMs;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

bool is_utc(std::string_view name) { return name == "UTC" || name == "Etc/UTC"; }

// ICU also takes "GMT+01:00" and forty abbreviations of its own, of which "BST" is in Bangladesh.
bool may_be_a_name(std::string_view name) {
  return name.size() <= kLongestName && name.find('/') != std::string_view::npos && name != "Etc/Unknown" &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
                  c == '-' || c == '+';
         });
}

}  // namespace

struct TimeZone::Rules {
  std::unique_ptr<const icu::TimeZone> zone;
};

std::optional<TimeZone> TimeZone::of(std::string_view name) {
  if (is_utc(name)) return TimeZone();
  if (!may_be_a_name(name)) return std::nullopt;
  const icu::UnicodeString id = icu::UnicodeString::fromUTF8({name.data(), static_cast<std::int32_t>(name.size())});
  std::unique_ptr<const icu::TimeZone> zone(icu::TimeZone::createTimeZone(id));
  icu::UnicodeString known;
  if (!zone || zone->getID(known) != id) return std::nullopt;  // what it does not know is Etc/Unknown
  TimeZone out;
  out.name_ = name;
  out.rules_ = std::make_shared<const Rules>(Rules{std::move(zone)});
  return out;
}

std::int64_t TimeZone::offset_ms(Time at) const {
  if (rules_ == nullptr) return 0;
  std::int32_t raw = 0, summer = 0;
  UErrorCode code = U_ZERO_ERROR;
  rules_->zone->getOffset(static_cast<UDate>(at.ms), false, raw, summer, code);
  KONTOR_ASSERT(U_SUCCESS(code));
  return std::int64_t{raw} + summer;
}

LocalTime TimeZone::local(Time at) const {
  const std::int64_t minute = floor_div(at.ms + offset_ms(at), kMinuteMs);
  const std::int64_t day = floor_div(minute, kMinutesADay);
  return {day, minute - day * kMinutesADay};
}

bool is_time_zone(std::string_view name) { return TimeZone::of(name).has_value(); }

}  // namespace kontor::services
