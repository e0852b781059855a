#include "base/gtin.h"

#include <algorithm>

#include "base/text.h"

namespace kontor {
namespace {

// Every other digit counts three times, the one before the check digit first; the sum ends with 0.
char check_digit(std::string_view before) {
  int sum = 0;
  int weight = 3;
  for (auto digit = before.rbegin(); digit != before.rend(); ++digit) {
    sum += (*digit - '0') * weight;
    weight = 4 - weight;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

}  // namespace

std::string plain_gtin(std::string_view written) {
  std::string plain;
  for (const char c : written)
    if (c != ' ' && c != '-') plain += c;
  const bool any = std::any_of(plain.begin(), plain.end(), is_digit);
  return any ? plain : std::string(trim(written));
}

std::optional<WrongGtin> wrong_with_gtin(std::string_view plain) {
  if (!std::all_of(plain.begin(), plain.end(), is_digit))
    return WrongGtin{"bad_format", "A GTIN has digits alone; blanks and hyphens may stand between them."};
  const std::size_t length = plain.size();
  if (length != 8 && length != 12 && length != 13 && length != 14) {
    std::string words = "A GTIN has 8, 12, 13 or 14 digits, and this has " + std::to_string(length) + ".";
    if (length == 7 || length == 11) words += " A zero at the front may have been lost.";
    return WrongGtin{"wrong_length", std::move(words)};
  }
  if (plain.find_first_not_of('0') == std::string_view::npos)
    return WrongGtin{"bad_format", "A GTIN of zeros alone names nothing."};
  const char expected = check_digit(plain.substr(0, length - 1));
  if (plain.back() == expected) return std::nullopt;
  return WrongGtin{"bad_check_digit", "The check digit should be " + std::string(1, expected) + ", and it is " +
                                          std::string(1, plain.back()) + ": a digit may be mistyped."};
}

}  // namespace kontor
