#include "base/time.h"

#include <algorithm>
#include <array>

namespace kontor {
namespace {

constexpr Time kFirst{-62135596800000};  // 0001-01-01T00:00:00Z
constexpr Time kLast{253402300799999};   // 9999-12-31T23:59:59.999Z: four digits of year are all that RFC 3339 has

// Days since 1970-01-01 of a civil date, and back (Howard Hinnant's algorithms, public domain mathematics).
constexpr std::int64_t days_from_civil(std::int64_t y, int m, int d) {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const auto doy = static_cast<unsigned>((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1);
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + static_cast<std::int64_t>(doe) - 719468;
}

struct Civil {
  int year, month, day;
};

constexpr Civil civil_from_days(std::int64_t z) {
  z += 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const auto doe = static_cast<unsigned>(z - era * 146097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const int day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  const int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  return {static_cast<int>(yoe) + static_cast<int>(era) * 400 + (month <= 2), month, day};
}

// Reads exactly `count` digits at `at`, moving it on; -1 when they are not there.
int digits(std::string_view text, std::size_t& at, int count) {
  int value = 0;
  for (int i = 0; i < count; ++i, ++at) {
    if (at >= text.size() || text[at] < '0' || text[at] > '9') return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool skip(std::string_view text, std::size_t& at, std::string_view any_of) {
  if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

std::optional<std::int64_t> offset_ms(std::string_view text, std::size_t& at) {
  if (skip(text, at, "Zz")) return 0;
  const bool minus = at < text.size() && text[at] == '-';
  if (!skip(text, at, "+-")) return {};
  const int hours = digits(text, at, 2);
  if (hours < 0 || hours > 23 || !skip(text, at, ":")) return {};
  const int minutes = digits(text, at, 2);
  if (minutes < 0 || minutes > 59) return {};
  const std::int64_t value = hours * kHourMs + minutes * kMinuteMs;
  return minus ? -value : value;
}

void append_digits(std::string& out, int value, int count) {
  std::array<char, 8> text{};
  for (int i = count - 1; i >= 0; --i, value /= 10)
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  out.append(text.data(), static_cast<std::size_t>(count));
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

}  // namespace

void append_rfc3339(std::string& out, Time time) {
  time = std::clamp(time, kFirst, kLast);
  std::int64_t days = time.ms / kDayMs;
  std::int64_t rest = time.ms % kDayMs;
  if (rest < 0) {
    rest += kDayMs;
    --days;
  }
  const Civil date = civil_from_days(days);
  const int seconds = static_cast<int>(rest / kSecondMs);
  const int millis = static_cast<int>(rest % kSecondMs);
  append_digits(out, date.year, 4);
  out += '-';
  append_digits(out, date.month, 2);
  out += '-';
  append_digits(out, date.day, 2);
  out += 'T';
  append_digits(out, seconds / 3600, 2);
  out += ':';
  append_digits(out, seconds / 60 % 60, 2);
  out += ':';
  append_digits(out, seconds % 60, 2);
  if (millis != 0) {
    out += '.';
    append_digits(out, millis, 3);
  }
  out += 'Z';
}

std::string to_rfc3339(Time time) {
  std::string text;
  append_rfc3339(text, time);
  return text;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  std::size_t at = 0;
  const int year = digits(text, at, 4);
  if (year < 0 || !skip(text, at, "-")) return {};
  const int month = digits(text, at, 2);
  if (month < 1 || month > 12 || !skip(text, at, "-")) return {};
  const int day = digits(text, at, 2);
  if (day < 1 || day > days_in_month(year, month) || !skip(text, at, "Tt ")) return {};
  const int hour = digits(text, at, 2);
  if (hour < 0 || hour > 23 || !skip(text, at, ":")) return {};
  const int minute = digits(text, at, 2);
  if (minute < 0 || minute > 59 || !skip(text, at, ":")) return {};
  const int second = digits(text, at, 2);
  if (second < 0 || second > 60) return {};
  std::int64_t millis = 0;
  if (skip(text, at, ".")) {
    std::int64_t scale = 100;
    const auto first = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      millis += (text[at] - '0') * scale;
    if (at == first) return {};
  }
  const auto offset = offset_ms(text, at);
  if (!offset || at != text.size()) return {};
  const auto seconds = static_cast<std::int64_t>(hour) * 3600 + minute * 60 + second;
  const Time time{days_from_civil(year, month, day) * kDayMs + seconds * kSecondMs + millis - *offset};
  return time < kFirst || time > kLast ? std::nullopt : std::optional(time);
}

}  // namespace kontor
