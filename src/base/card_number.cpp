#include "base/card_number.h"

#include <array>
#include <span>

#include "base/text.h"

namespace kontor {
namespace {

constexpr std::size_t kLeast = 13, kMost = 19;

bool passes_luhn(std::span<const char> digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int digit = (digits[digits.size() - 1 - i] - '0') * (i % 2 == 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

// Digits with single blanks and dashes between them.
std::size_t end_of_run(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    if (is_digit(text[at])) continue;
    const bool between = (text[at] == ' ' || text[at] == '-') && at + 1 < text.size() && is_digit(text[at + 1]);
    if (!between) break;
  }
  return at;
}

// Where a card number that begins with the run ends: after some group of its digits.
std::optional<std::size_t> end_of_card(std::string_view run, bool needs_usual, bool is_part) {
  const bool usual = run.front() >= '2' && run.front() <= '6';
  if (needs_usual && !usual) return std::nullopt;
  std::array<char, kMost> digits{};
  std::size_t count = 0;
  for (std::size_t at = 0; at < run.size(); ++at) {
    if (!is_digit(run[at])) continue;
    if (count == kMost) break;
    digits[count++] = run[at];
    const bool whole = at + 1 == run.size();
    if (count < kLeast || (!whole && is_digit(run[at + 1]))) continue;
    if ((usual || (whole && !is_part)) && passes_luhn(std::span(digits.data(), count))) return at + 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<CardPlace> find_card_number(std::string_view text, std::size_t from, bool usual) {
  while (from < text.size()) {
    if (!is_digit(text[from])) {
      ++from;
      continue;
    }
    const std::size_t end = end_of_run(text, from);
    for (std::size_t begin = from; end - begin >= kLeast;) {
      const auto card = end_of_card(text.substr(begin, end - begin), usual, begin != from);
      if (card) return CardPlace{begin, begin + *card};
      while (begin < end && is_digit(text[begin])) ++begin;
      if (begin < end) ++begin;
    }
    from = end;
  }
  return std::nullopt;
}

bool holds_card_number(std::string_view text) { return find_card_number(text).has_value(); }

bool free_of_card_numbers(std::string_view text) { return !holds_card_number(text); }

}  // namespace kontor
