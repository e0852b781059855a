// The days of a zone: its clock (a time zone, or an offset with the rule by which summer time comes and goes), the
// weekdays on which is worked, and holidays. Dates are days since 1970-01-01; pure computation.
#pragma once
#include <bitset>
#include <optional>
#include <set>
#include <string_view>

#include "shop/shipping/shipping_zone.h"

namespace kontor::shipping {

inline constexpr std::int64_t kMinutesADay = 24 * 60;

struct Date {
  std::int64_t year = 1970, month = 1, day = 1;
  auto operator<=>(const Date&) const = default;
};
std::int64_t day_of(const Date& date);
Date date_of(std::int64_t day);

// "2026-12-24" that exists in the calendar, or "12-24" (year 0), leap day included; nullopt for anything else.
std::optional<Date> parse_holiday(std::string_view text);
// "14:30" in minutes of the day, up to "24:00".
std::optional<std::int64_t> parse_clock(std::string_view text);

class Calendar {
 public:
  Calendar() : working_(0x7f) {}
  // Of a checked text: what is no date in it is left out.
  explicit Calendar(const CalendarText& text);

  LocalTime local(Time time) const;
  bool works_on(std::int64_t day) const;
  bool ever_works() const { return working_.any(); }
  // The first working day from `day` on; `day` itself after two years without any.
  std::int64_t working_from(std::int64_t day) const;
  // So many working days after `day`.
  std::int64_t working_after(std::int64_t day, std::int64_t days) const;

 private:
  std::int64_t offset_minutes(Time time) const;

  std::optional<services::TimeZone> time_zone_;  // before the next two
  std::int64_t utc_offset_minutes_ = 0;
  SummerTime summer_time_ = SummerTime::kNone;
  std::bitset<7> working_;  // by Weekday
  std::set<std::int64_t> holidays_;
  std::set<std::pair<std::int64_t, std::int64_t>> yearly_;  // month, day
};

}  // namespace kontor::shipping
