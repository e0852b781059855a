#include "shop/shipping/shipping_calendar.h"

#include <algorithm>

namespace kontor::shipping {
namespace {

constexpr std::int64_t kLongestRest = 731;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

// From one weekday on to the next such.
std::int64_t days_between(Weekday from, Weekday to) { return (static_cast<int>(to) - static_cast<int>(from) + 7) % 7; }

// The day of the nth Sunday of a month; 0: the last one.
std::int64_t sunday_of(std::int64_t year, std::int64_t month, int nth) {
  if (nth > 0) {
    const std::int64_t first = day_of({year, month, 1});
    return first + days_between(weekday_of(first), Weekday::kSunday) + 7 * (nth - 1);
  }
  const std::int64_t last = day_of({year, month, 31});  // both months that end by it have 31 days
  return last - days_between(Weekday::kSunday, weekday_of(last));
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

// Days of the proleptic Gregorian calendar, by eras of 400 years (H. Hinnant, "chrono-compatible low-level date
// algorithms").
std::int64_t day_of(const Date& date) {
  const std::int64_t y = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_div(y, 400);
  const std::int64_t of_era = y - era * 400;
  const std::int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Date date_of(std::int64_t day) {
  const std::int64_t z = day + 719468;
  const std::int64_t era = floor_div(z, 146097);
  const std::int64_t doe = z - era * 146097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  const std::int64_t month = mp + (mp < 10 ? 3 : -9);
  return {yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1};
}

std::optional<Date> parse_holiday(std::string_view text) {
  const bool yearly = text.size() == 5;
  if (!yearly && (text.size() != 10 || text[4] != '-')) return std::nullopt;
  const std::string_view rest = yearly ? text : text.substr(5);
  if (rest[2] != '-') return std::nullopt;
  const auto year = yearly ? std::optional<std::int64_t>(0) : number_of(text.substr(0, 4));
  const auto month = number_of(rest.substr(0, 2)), day = number_of(rest.substr(3));
  if (!year || !month || !day || *month < 1 || *month > 12 || *day < 1) return std::nullopt;
  const Date date{*year, *month, *day};
  if (date_of(day_of(date)) != date) return std::nullopt;  // year 0 is a leap year
  return date;
}

std::optional<std::int64_t> parse_clock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = number_of(text.substr(0, 2)), minutes = number_of(text.substr(3));
  if (!hours || !minutes || *minutes > 59) return std::nullopt;
  const std::int64_t all = *hours * 60 + *minutes;
  return all <= kMinutesADay ? std::optional(all) : std::nullopt;
}

Calendar::Calendar(const CalendarText& text)
    : utc_offset_minutes_(text.utc_offset_minutes), summer_time_(text.summer_time) {
  if (text.time_zone) time_zone_ = services::TimeZone::of(*text.time_zone);
  for (const Weekday day : text.working_days) working_.set(static_cast<std::size_t>(day));
  if (text.working_days.empty()) working_.set();
  for (const auto& holiday : text.holidays) {
    const auto date = parse_holiday(holiday);
    if (!date) continue;
    if (date->year == 0)
      yearly_.emplace(date->month, date->day);
    else
      holidays_.insert(day_of(*date));
  }
}

// In Europe the clocks change at 01:00 UTC on the last Sundays of March and October; in the United States at two
// o'clock, local, on the second Sunday of March and the first of November.
std::int64_t Calendar::offset_minutes(Time time) const {
  if (summer_time_ == SummerTime::kNone) return utc_offset_minutes_;
  const std::int64_t minute = floor_div(time.ms, kMinuteMs);
  const std::int64_t year = date_of(floor_div(minute, kMinutesADay)).year;
  const bool eu = summer_time_ == SummerTime::kEu;
  const std::int64_t begins = sunday_of(year, 3, eu ? 0 : 2) * kMinutesADay + (eu ? 60 : 2 * 60 - utc_offset_minutes_);
  const std::int64_t ends =
      (eu ? sunday_of(year, 10, 0) : sunday_of(year, 11, 1)) * kMinutesADay + (eu ? 60 : 60 - utc_offset_minutes_);
  return utc_offset_minutes_ + (minute >= begins && minute < ends ? 60 : 0);
}

LocalTime Calendar::local(Time time) const {
  if (time_zone_) return time_zone_->local(time);
  const std::int64_t minute = floor_div(time.ms, kMinuteMs) + offset_minutes(time);
  const std::int64_t day = floor_div(minute, kMinutesADay);
  return {day, minute - day * kMinutesADay};
}

bool Calendar::works_on(std::int64_t day) const {
  if (!working_.test(static_cast<std::size_t>(weekday_of(day))) || holidays_.contains(day)) return false;
  if (yearly_.empty()) return true;
  const Date date = date_of(day);
  return !yearly_.contains({date.month, date.day});
}

std::int64_t Calendar::working_from(std::int64_t day) const {
  for (std::int64_t next = day; next < day + kLongestRest; ++next)
    if (works_on(next)) return next;
  return day;
}

std::int64_t Calendar::working_after(std::int64_t day, std::int64_t days) const {
  for (; days > 0; --days) day = working_from(day + 1);
  return day;
}

}  // namespace kontor::shipping
