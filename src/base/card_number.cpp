#include "base/card_number.h"

#include <string>

namespace kontor {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool passes_luhn(const std::string& digits) {
  int sum = 0;
  bool twice = false;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, twice = !twice) {
    const int digit = (*at - '0') * (twice ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

}  // namespace

bool holds_card_number(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    std::string digits;
    std::size_t end = at;
    while (end < text.size()) {
      if (is_digit(text[end])) {
        digits += text[end];
      } else if (!((text[end] == ' ' || text[end] == '-') && end + 1 < text.size() && is_digit(text[end + 1]))) {
        break;
      }
      ++end;
    }
    if (digits.size() >= 13 && digits.size() <= 19 && passes_luhn(digits)) return true;
    at = end;
  }
  return false;
}

bool free_of_card_numbers(std::string_view text) { return !holds_card_number(text); }

}  // namespace kontor
