// What one currency is in another, by a table of rates that somebody brings. Integers only: a rate has nine digits
// after the point, an amount is rounded once. Pure computation.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace kontor {

struct ExchangeRate {
  Currency currency;
  std::int64_t nano = 0;  // so many of it are one of the base, times 10^9
};
struct ExchangeTable {
  Currency base;
  Time as_of;
  std::vector<ExchangeRate> rates;  // without the base

  std::optional<std::int64_t> nano(Currency currency) const;  // of the base: 10^9
};

// "0.9215": up to seven digits, and up to nine after the point; nullopt for anything else, and for nothing.
std::optional<std::int64_t> parse_rate(std::string_view text);
std::string print_rate(std::int64_t nano);

// Rounded once, half away from zero, to the units of `to` (JPY has none, KWD three). kInvalid "pricing.no_rate",
// "pricing.total_too_large".
Result<Money> convert(const ExchangeTable& table, Money amount, Currency to);

// The rates of one purchase, and which of them it used: what a quote holds, and an order keeps. Without a table it
// converts nothing. For one thread.
class Exchange {
 public:
  Exchange() = default;
  explicit Exchange(std::shared_ptr<const ExchangeTable> table) : table_(std::move(table)) {}

  // As above; an amount of this currency needs no rate.
  Result<Money> convert(Money amount, Currency to) const;
  // What convert() has looked up; nullopt: nothing.
  std::optional<ExchangeTable> used() const;

 private:
  std::shared_ptr<const ExchangeTable> table_;  // null: there is none
  mutable std::vector<Currency> used_;
};

// What amounts that are given per currency come to in this one: the amount in it, else the first that can be converted;
// nullopt where there is none. `exchange` may be null.
std::optional<Money> amount_in(std::span<const Money> amounts, Currency currency, const Exchange* exchange);

// A table as it is written.
struct ExchangeRateText {
  Currency currency;
  std::string rate;

  static constexpr auto fields() {
    return described(Field("currency", &ExchangeRateText::currency, "Of which"),
                     Field("rate", &ExchangeRateText::rate, "So much is one of the base: a text such as 0.9215",
                           Format{"rate", [](std::string_view text) { return parse_rate(text).has_value(); }}));
  }
};
struct ExchangeTableText {
  Currency base;
  Time as_of;
  std::vector<ExchangeRateText> rates;

  static constexpr auto fields() {
    using V = ExchangeTableText;
    return described(Field("base", &V::base, "What the rates are of"), Field("as_of", &V::as_of, "When they held"),
                     Field("rates", &V::rates, "Each currency once", Length{1, 200}));
  }
};
ExchangeTableText text_of(const ExchangeTable& table);
ExchangeTable table_of(const ExchangeTableText& text);  // of a checked text

}  // namespace kontor
