// Numbers as people write them, exactly: "1,500", "1.500,50", "1'500", "1 500", "15.6". No floating point.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace kontor::search {

struct Decimal {
  std::int64_t digits = 0;  // not negative, below 10^15
  int scale = 0;            // digits after the point, at most 6
};

// What one mark with three digits after it says.
enum class Grouping : std::uint8_t {
  kPrice,    // "1.500" and "1,500" are 1500: prices of two places are not written so
  kPoint,    // "1.500" is one and a half (currencies of three places), "1,500" is 1500
  kDecimal,  // both are one and a half ("1.500k")
  kMeasure,  // nobody can tell: no number
};

// Nothing for what is no plain number: uneven groups, leading zeros, too many digits.
std::optional<Decimal> parse_decimal(std::string_view text, Grouping grouping);

// number * 10^places as a whole number; nothing when digits would be lost or it exceeds 10^15.
std::optional<std::int64_t> scaled(Decimal number, int places);

}  // namespace kontor::search
