// An amount of one currency in its smallest unit. Adding two currencies is a bug, not an error to handle.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"

namespace kontor {

// An ISO 4217 code, three upper-case letters, kept as a value type of three bytes.
class Currency {
 public:
  constexpr Currency() = default;
  static std::optional<Currency> parse(std::string_view code);  // nullopt for anything that is not on the ISO 4217 list
  std::string_view code() const { return {code_.data(), code_.size()}; }
  int exponent() const;  // digits after the point: USD 2, JPY 0, KWD 3
  auto operator<=>(const Currency&) const = default;

 private:
  constexpr explicit Currency(std::array<char, 3> code) : code_(code) {}
  std::array<char, 3> code_{'U', 'S', 'D'};
};

struct BasisPoints {
  std::int64_t value = 0;  // 1 % is 100
};

// The most that one amount may be in a request: 10^15 minor units; sums of a million such stay inside 64 bits with
// room.
inline constexpr std::int64_t kMaxAmountMinor = 1'000'000'000'000'000;

class Money {
 public:
  constexpr Money() = default;
  static constexpr Money minor(std::int64_t amount, Currency currency) { return Money(amount, currency); }
  constexpr std::int64_t amount_minor() const { return amount_; }
  constexpr Currency currency() const { return currency_; }

  Money operator+(Money other) const;  // asserts same currency and no overflow
  Money operator-(Money other) const;
  Money operator*(std::int64_t count) const;
  auto operator<=>(const Money&) const = default;

  // Rounds half away from zero: written down once, here; every tax and discount goes through it.
  Money portion(BasisPoints rate) const;
  // The parts always add up to *this, in proportion to `weights` (not negative, not all 0); leftover units go to the
  // first parts.
  std::vector<Money> split(std::span<const std::int64_t> weights) const;
  // "29.99 USD": for logs, mails and bare pages; display formatting by locale belongs to the pages.
  std::string text() const;

 private:
  constexpr Money(std::int64_t amount, Currency currency) : amount_(amount), currency_(currency) {}
  std::int64_t amount_ = 0;
  Currency currency_;
};

}  // namespace kontor
