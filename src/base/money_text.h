// Amounts as people and files write them ("1299.00"), exactly: digits to minor units and back, no floating point.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/money.h"

namespace kontor {

struct AmountStyle {
  char decimal = '.';     // between the whole units and the rest
  char thousands = '\0';  // between groups of three digits; NUL: such groups are refused
};

// Nothing for anything that is not a plain amount of this currency: signs, currency symbols, wrong groups, more digits
// after the mark than ISO 4217 gives the currency (zeros excepted: "100.00" is 100 JPY), more than kMaxAmountMinor.
std::optional<Money> parse_amount(std::string_view text, Currency currency, AmountStyle style = {});

// "1299.00": what parse_amount reads back.
std::string amount_text(Money money);

}  // namespace kontor
