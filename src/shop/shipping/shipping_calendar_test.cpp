#include "shop/shipping/shipping_calendar.h"

#include <doctest/doctest.h>

#include "shop/shipping/shipping_table.h"
#include "tests/support/moment.h"

namespace kontor::shipping {
namespace {

using testing::at;

std::string clock_of(const Calendar& calendar, std::string_view text) {
  const auto local = calendar.local(at(text));
  const auto minute = Time{local.day * kDayMs + local.minute * kMinuteMs};
  return to_rfc3339(minute).substr(0, 16);
}

Calendar berlin() {
  CalendarText text;
  text.utc_offset_minutes = 60;
  text.summer_time = SummerTime::kEu;
  return Calendar(text);
}

TEST_CASE("days are counted through leap years and before 1970") {
  CHECK(day_of({1970, 1, 1}) == 0);
  CHECK(day_of({2000, 3, 1}) == 11017);
  for (std::int64_t day = -800'000; day < 800'000; day += 37) CHECK(day_of(date_of(day)) == day);
}

TEST_CASE("local time over the changes of the clocks, in Europe and in the United States") {
  CHECK(clock_of(berlin(), "2026-03-29T00:59:59Z") == "2026-03-29T01:59");
  CHECK(clock_of(berlin(), "2026-03-29T01:00:00Z") == "2026-03-29T03:00");
  CHECK(clock_of(berlin(), "2026-10-25T00:59:59Z") == "2026-10-25T02:59");
  CHECK(clock_of(berlin(), "2026-10-25T01:00:00Z") == "2026-10-25T02:00");
  CHECK(clock_of(berlin(), "2026-12-31T23:30:00Z") == "2027-01-01T00:30");
  CalendarText text;
  text.utc_offset_minutes = -300;
  text.summer_time = SummerTime::kUs;
  const Calendar new_york(text);
  CHECK(clock_of(new_york, "2026-03-08T06:59:59Z") == "2026-03-08T01:59");
  CHECK(clock_of(new_york, "2026-03-08T07:00:00Z") == "2026-03-08T03:00");
  CHECK(clock_of(new_york, "2026-11-01T05:59:59Z") == "2026-11-01T01:59");
  CHECK(clock_of(new_york, "2026-11-01T06:00:00Z") == "2026-11-01T01:00");
  CHECK(clock_of(new_york, "2027-01-01T04:59:00Z") == "2026-12-31T23:59");
}

Calendar calendar_of(std::string zone) {
  CalendarText text;
  text.time_zone = std::move(zone);
  text.utc_offset_minutes = -300;  // the time zone comes before it
  text.summer_time = SummerTime::kUs;
  return Calendar(text);
}

TEST_CASE("a time zone comes before offset and rule") {
  CHECK(clock_of(calendar_of("Europe/Berlin"), "2026-03-29T00:59:59Z") == "2026-03-29T01:59");
  CHECK(clock_of(calendar_of("Europe/Berlin"), "2026-03-29T01:00:00Z") == "2026-03-29T03:00");
  CHECK(clock_of(calendar_of("Australia/Sydney"), "2026-10-03T16:00:00Z") == "2026-10-04T03:00");
  CHECK(clock_of(calendar_of("Asia/Kolkata"), "2026-12-31T18:30:00Z") == "2027-01-01T00:00");
  CHECK(clock_of(calendar_of("Pacific/Apia"), "2011-12-30T10:00:00Z") == "2011-12-31T00:00");
  CHECK(clock_of(calendar_of("UTC"), "2026-07-01T12:00:00Z") == "2026-07-01T12:00");
}

TEST_CASE("the rules of Europe and of the United States say what their time zones say") {
  const Calendar rules = berlin(), zone = calendar_of("Europe/Berlin");
  CalendarText text;
  text.utc_offset_minutes = -300;
  text.summer_time = SummerTime::kUs;
  const Calendar us(text), new_york = calendar_of("America/New_York");
  int wrong = 0;
  for (std::int64_t hour = 0; hour < 5 * 366 * 24; ++hour) {
    const Time time = at("2025-01-01T00:30:00Z").plus_ms(hour * kHourMs);
    if (rules.local(time) != zone.local(time) || us.local(time) != new_york.local(time)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("holidays are dates that exist, of one year or of every year") {
  CHECK(parse_holiday("2026-12-24") == Date{2026, 12, 24});
  CHECK(parse_holiday("02-29") == Date{0, 2, 29});
  for (const auto* text :
       {"", "2026-02-29", "2026-13-01", "2026-1-01", "24.12.2026", "00-10", "12-32", "2026/12/24", "a2-24"})
    CHECK_FALSE(parse_holiday(text));
  CHECK(parse_clock("14:30") == 870);
  CHECK(parse_clock("24:00") == 1440);
  for (const auto* text : {"24:01", "1:30", "12.30", "12:60", "ab:cd"}) CHECK_FALSE(parse_clock(text));
}

// An option of the zone's calendar, as a text.
CompiledOption option(const CalendarText& calendar, Speed speed = Speed::kStandard,
                      std::optional<std::int64_t> cut_off = {}) {
  CompiledOption out;
  out.text.speed = speed;
  out.cut_off = cut_off;
  out.calendar = std::make_shared<const Calendar>(calendar);
  return out;
}
std::string window_text(const CompiledOption& option, std::string_view ready, const Spot& to = {"DE", "", "10115"},
                        std::string from = "DE", std::int64_t hours = 24) {
  const auto window = window_of(option, to, {at(ready), hours, {1, 3}, {1, 1}, std::move(from)});
  return to_rfc3339(window.earliest).substr(5, 5) + " " + to_rfc3339(window.latest).substr(5, 5);
}

CalendarText working_week() {
  CalendarText text;
  text.utc_offset_minutes = 60;
  text.summer_time = SummerTime::kEu;
  text.working_days = {Weekday::kMonday, Weekday::kTuesday, Weekday::kWednesday, Weekday::kThursday, Weekday::kFriday};
  text.holidays = {"12-25", "12-26", "01-01", "2026-12-24"};
  return text;
}

TEST_CASE("without a calendar a parcel leaves when it is packed and travels on every day") {
  const auto plain = option({});
  CHECK(window_text(plain, "2026-11-24T10:00:00Z") == "11-26 11-28");
  CHECK(window_text(plain, "2026-12-31T23:59:59Z", {}, "", 0) == "01-01 01-03");
  CHECK(window_text(option({}, Speed::kExpress), "2026-11-24T10:00:00Z") == "11-26 11-26");
  CHECK(window_text(option({}, Speed::kPickup), "2026-11-24T10:00:00Z") == "11-25 11-25");
}

TEST_CASE("cut-off times, weekends and holidays move the day") {
  const auto office = option(working_week(), Speed::kStandard, 14 * 60);
  // 2026-11-27 is a Friday; 13:59 and 14:00 in Berlin.
  CHECK(window_text(office, "2026-11-27T12:59:00Z", {}, "", 0) == "11-30 12-02");
  CHECK(window_text(office, "2026-11-27T13:00:00Z", {}, "", 0) == "12-01 12-03");
  CHECK(window_text(office, "2026-11-28T08:00:00Z", {}, "", 0) == "12-01 12-03");
  // Over Christmas, a weekend and the new year: nobody works from the 24th to the 27th, nor on the 1st.
  CHECK(window_text(office, "2026-12-23T12:59:00Z", {}, "", 0) == "12-28 12-30");
  CHECK(window_text(office, "2026-12-23T13:00:00Z", {}, "", 0) == "12-29 12-31");
  CHECK(window_text(office, "2026-12-30T13:30:00Z", {}, "", 0) == "01-04 01-06");
  // The cut-off is one of the local clock, before and after it changes.
  CHECK(window_text(office, "2026-03-27T12:59:00Z", {}, "", 0) == "03-30 04-01");
  CHECK(window_text(office, "2026-03-30T12:00:00Z", {}, "", 0) == "04-01 04-03");
  CHECK(window_text(office, "2026-03-30T11:59:00Z", {}, "", 0) == "03-31 04-02");
}

TEST_CASE("the cut-off is one of the time zone's clock, on both sides of a change of it, in the south") {
  CalendarText text;
  text.time_zone = "Australia/Sydney";
  text.working_days = {Weekday::kMonday, Weekday::kTuesday, Weekday::kWednesday, Weekday::kThursday, Weekday::kFriday};
  const auto office = option(text, Speed::kStandard, 14 * 60);
  // Friday the 2nd of October 2026 at ten hours ahead, Tuesday the 6th at eleven.
  CHECK(window_text(office, "2026-10-02T03:59:00Z", {}, "", 0) == "10-05 10-07");
  CHECK(window_text(office, "2026-10-02T04:00:00Z", {}, "", 0) == "10-06 10-08");
  CHECK(window_text(office, "2026-10-06T02:59:00Z", {}, "", 0) == "10-07 10-09");
  CHECK(window_text(office, "2026-10-06T03:00:00Z", {}, "", 0) == "10-08 10-12");
}

TEST_CASE("the carrier's transit table says the days, the most precise line first") {
  auto carried = option({});
  const auto row = [&](std::string from, std::string country, std::string postal, Days days) {
    Transit text;
    text.country = std::move(country);
    if (!postal.empty()) text.postal_from = std::move(postal);
    carried.transit.push_back({area_of(text), std::move(from), days});
  };
  row("", "", "", {5, 9});
  row("", "DE", "", {1, 2});
  row("", "DE", "10", {0, 1});
  row("PL", "DE", "", {2, 3});
  CHECK(window_text(carried, "2026-11-24T10:00:00Z", {"FR", "", "75001"}) == "11-30 12-04");
  CHECK(window_text(carried, "2026-11-24T10:00:00Z", {"DE", "", "80331"}) == "11-26 11-27");
  CHECK(window_text(carried, "2026-11-24T10:00:00Z", {"DE", "", "10115"}) == "11-25 11-26");
  CHECK(window_text(carried, "2026-11-24T10:00:00Z", {"DE", "", "80331"}, "PL") == "11-27 11-28");
}

TEST_CASE("same day is for today, on a working day, before the cut-off") {
  auto courier = option(working_week(), Speed::kSameDay, 14 * 60);
  courier.text.rate.by = RateBy::kFree;
  const Spot to{"DE", "", "10115"};
  const Currency euro = *Currency::parse("EUR");
  Load load;
  load.price = Money::minor(0, euro);
  CHECK(price_of(courier, load, {to, euro, nullptr, at("2026-11-27T12:59:59Z")}));
  CHECK_FALSE(price_of(courier, load, {to, euro, nullptr, at("2026-11-27T13:00:00Z")}));
  CHECK_FALSE(price_of(courier, load, {to, euro, nullptr, at("2026-11-28T09:00:00Z")}));
  CHECK(window_text(courier, "2026-11-27T09:00:00Z", to, "DE", 2) == "11-27 11-27");
}

TEST_CASE("a calendar in which nobody ever works still says a day") {
  CalendarText text;
  text.working_days = {Weekday::kSunday};
  for (int month = 1; month <= 12; ++month)
    for (int day = 1; day <= 31; ++day) {
      const auto two = [](int n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
      text.holidays.push_back(two(month) + "-" + two(day));
    }
  CHECK(window_text(option(text), "2026-11-24T10:00:00Z").size() == 11);
}

}  // namespace
}  // namespace kontor::shipping
