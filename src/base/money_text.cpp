#include "base/money_text.h"

#include <algorithm>

#include "base/text.h"

namespace kontor {
namespace {

// The digits of the whole units without their marks; nothing where a group has not three.
std::optional<std::string> whole_digits(std::string_view text, char thousands) {
  std::string digits;
  std::size_t since_mark = 0;
  bool marked = false;
  for (const char c : text) {
    if (is_digit(c)) {
      digits += c;
      ++since_mark;
      continue;
    }
    if (thousands == '\0' || c != thousands || digits.empty() || since_mark > 3 || (marked && since_mark != 3))
      return std::nullopt;
    marked = true;
    since_mark = 0;
  }
  if (marked && since_mark != 3) return std::nullopt;
  return digits;
}

}  // namespace

std::optional<Money> parse_amount(std::string_view text, Currency currency, AmountStyle style) {
  text = trim(text);
  const auto mark = text.find(style.decimal);
  const auto whole = whole_digits(text.substr(0, mark), style.thousands);
  std::string_view rest = mark == std::string_view::npos ? std::string_view() : text.substr(mark + 1);
  if (!whole || !std::all_of(rest.begin(), rest.end(), is_digit) || (whole->empty() && rest.empty()))
    return std::nullopt;
  const auto exponent = static_cast<std::size_t>(currency.exponent());
  while (rest.size() > exponent && rest.back() == '0') rest.remove_suffix(1);
  if (rest.size() > exponent) return std::nullopt;
  std::int64_t amount = 0;
  const auto take = [&amount](char digit) {
    amount = amount * 10 + (digit - '0');
    return amount <= kMaxAmountMinor;
  };
  for (const char digit : *whole)
    if (!take(digit)) return std::nullopt;
  for (std::size_t i = 0; i < exponent; ++i)
    if (!take(i < rest.size() ? rest[i] : '0')) return std::nullopt;
  return Money::minor(amount, currency);
}

std::string amount_text(Money money) {
  const std::string text = money.text();
  return text.substr(0, text.find(' '));
}

}  // namespace kontor
