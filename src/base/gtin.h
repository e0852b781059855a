// GTINs, the numbers under barcodes (EAN, UPC): 8, 12, 13 or 14 digits, the last of which checks the others.
// Rule: GS1 General Specifications, "check digit calculation".
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace kontor {

// Without the blanks and hyphens that people write between the groups: "4 006381-333931" → "4006381333931". What has no
// digit at all is left as it is, but for blanks around it.
std::string plain_gtin(std::string_view written);

struct WrongGtin {
  std::string_view code;  // bad_format, wrong_length, bad_check_digit
  std::string words;      // what is wrong and what would be right
};
// Of a GTIN as plain_gtin() leaves it; nullopt: it is one.
std::optional<WrongGtin> wrong_with_gtin(std::string_view plain);

}  // namespace kontor
