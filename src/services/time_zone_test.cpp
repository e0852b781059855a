#include "services/time_zone.h"

#include <doctest/doctest.h>

#include "tests/support/moment.h"

namespace kontor::services {
namespace {

using testing::at;

// What the clocks there show, as if it were UTC.
std::string shown(std::string_view zone, std::string_view moment) {
  const auto local = TimeZone::of(zone).value().local(at(moment));
  return to_rfc3339(Time{local.day * kDayMs + local.minute * kMinuteMs}).substr(0, 16);
}

TEST_CASE("a time zone has an IANA name, written as IANA writes it") {
  for (const auto* name : {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Asia/Calcutta",
                           "Pacific/Kiritimati", "Etc/GMT+12", "America/North_Dakota/New_Salem"})
    CHECK(is_time_zone(name));
  CHECK(TimeZone::of("Etc/UTC")->name() == "UTC");
  CHECK(TimeZone::of("Asia/Calcutta")->name() == "Asia/Calcutta");
  for (const auto* name : {"",
                           "utc",
                           "Z",
                           "CET",
                           "BST",
                           "EST",
                           "GMT+1",
                           "GMT+01:00",
                           "+01:00",
                           "europe/berlin",
                           "Europe/berlin",
                           "Europe/Berlin ",
                           " Europe/Berlin",
                           "Europe",
                           "Europe/",
                           "/",
                           "Etc/Unknown",
                           "Mars/Olympus",
                           "../../etc/passwd",
                           "Europe/../Europe/Berlin",
                           "Europe/Z\xc3\xbcrich"})
    CHECK_FALSE(is_time_zone(name));
  CHECK_FALSE(is_time_zone(std::string("Europe/Berlin\0", 14)));
  CHECK_FALSE(is_time_zone("Europe/" + std::string(100'000, 'B')));
}

TEST_CASE("without a name it is UTC") {
  CHECK(TimeZone().name() == "UTC");
  CHECK(TimeZone().offset_ms(at("2026-07-01T00:00:00Z")) == 0);
  CHECK(TimeZone().local(Time{-1}) == LocalTime{-1, 1439});
  CHECK(TimeZone().weekday(Time{0}) == Weekday::kThursday);
  CHECK(TimeZone().weekday(Time{-1}) == Weekday::kWednesday);
  CHECK(TimeZone().weekday(at("2026-12-31T23:59:59.999Z")) == Weekday::kThursday);
  CHECK(TimeZone().weekday(at("2027-01-01T00:00:00Z")) == Weekday::kFriday);
}

TEST_CASE("clocks go forward and back, in the north") {
  CHECK(shown("Europe/Berlin", "2026-03-29T00:59:59Z") == "2026-03-29T01:59");
  CHECK(shown("Europe/Berlin", "2026-03-29T01:00:00Z") == "2026-03-29T03:00");
  CHECK(shown("Europe/Berlin", "2026-10-25T00:59:59Z") == "2026-10-25T02:59");
  CHECK(shown("Europe/Berlin", "2026-10-25T01:00:00Z") == "2026-10-25T02:00");
  CHECK(shown("America/New_York", "2026-03-08T06:59:59Z") == "2026-03-08T01:59");
  CHECK(shown("America/New_York", "2026-03-08T07:00:00Z") == "2026-03-08T03:00");
  CHECK(shown("America/New_York", "2026-11-01T05:59:59Z") == "2026-11-01T01:59");
  CHECK(shown("America/New_York", "2026-11-01T06:00:00Z") == "2026-11-01T01:00");
}

TEST_CASE("and in the south, where summer is in January") {
  CHECK(shown("Australia/Sydney", "2026-04-04T15:59:59Z") == "2026-04-05T02:59");
  CHECK(shown("Australia/Sydney", "2026-04-04T16:00:00Z") == "2026-04-05T02:00");
  CHECK(shown("Australia/Sydney", "2026-10-03T15:59:59Z") == "2026-10-04T01:59");
  CHECK(shown("Australia/Sydney", "2026-10-03T16:00:00Z") == "2026-10-04T03:00");
  CHECK(TimeZone::of("Australia/Sydney")->offset_ms(at("2026-01-15T00:00:00Z")) == 11 * kHourMs);
  CHECK(TimeZone::of("Australia/Sydney")->offset_ms(at("2026-07-15T00:00:00Z")) == 10 * kHourMs);
}

TEST_CASE("offsets of half an hour and of three quarters, and a summer time of half an hour") {
  CHECK(shown("Asia/Kolkata", "2026-11-29T18:29:59Z") == "2026-11-29T23:59");
  CHECK(shown("Asia/Kolkata", "2026-11-29T18:30:00Z") == "2026-11-30T00:00");
  CHECK(shown("Asia/Kathmandu", "2026-11-29T18:15:00Z") == "2026-11-30T00:00");
  CHECK(shown("America/St_Johns", "2026-11-30T03:29:59Z") == "2026-11-29T23:59");
  CHECK(TimeZone::of("Australia/Lord_Howe")->offset_ms(at("2026-01-15T00:00:00Z")) == 11 * kHourMs);
  CHECK(TimeZone::of("Australia/Lord_Howe")->offset_ms(at("2026-07-15T00:00:00Z")) == 10 * kHourMs + 30 * kMinuteMs);
}

TEST_CASE("the year ends at different moments") {
  CHECK(shown("Pacific/Kiritimati", "2026-12-31T09:59:59Z") == "2026-12-31T23:59");
  CHECK(shown("Pacific/Kiritimati", "2026-12-31T10:00:00Z") == "2027-01-01T00:00");
  CHECK(shown("Pacific/Pago_Pago", "2027-01-01T10:59:59Z") == "2026-12-31T23:59");
  CHECK(shown("Pacific/Pago_Pago", "2027-01-01T11:00:00Z") == "2027-01-01T00:00");
  CHECK(TimeZone::of("Pacific/Kiritimati")->weekday(at("2026-12-31T10:00:00Z")) == Weekday::kFriday);
  CHECK(TimeZone::of("Pacific/Pago_Pago")->weekday(at("2026-12-31T10:00:00Z")) == Weekday::kWednesday);
}

// Samoa crossed the date line: after Thursday the 29th of December 2011 came Saturday the 31st.
TEST_CASE("a day that there was not") {
  CHECK(shown("Pacific/Apia", "2011-12-30T09:59:59Z") == "2011-12-29T23:59");
  CHECK(shown("Pacific/Apia", "2011-12-30T10:00:00Z") == "2011-12-31T00:00");
  const auto apia = TimeZone::of("Pacific/Apia").value();
  CHECK(apia.weekday(at("2011-12-30T09:59:59Z")) == Weekday::kThursday);
  CHECK(apia.weekday(at("2011-12-30T10:00:00Z")) == Weekday::kSaturday);
  for (Time time = at("2011-12-28T00:00:00Z"); time < at("2012-01-02T00:00:00Z"); time = time.plus_ms(kMinuteMs))
    CHECK_FALSE(apia.weekday(time) == Weekday::kFriday);
}

TEST_CASE("every moment has a day, however far away") {
  const auto berlin = TimeZone::of("Europe/Berlin").value();
  for (const auto* moment :
       {"0001-01-01T00:00:00Z", "1893-03-31T23:06:31Z", "2100-07-01T00:00:00Z", "9999-12-31T23:59:59.999Z"}) {
    const auto local = berlin.local(at(moment));
    CHECK(local.minute >= 0);
    CHECK(local.minute < 1440);
    CHECK(std::abs(berlin.offset_ms(at(moment))) <= 2 * kHourMs);
  }
}

}  // namespace
}  // namespace kontor::services
