// VAT numbers of the European Union (and of Northern Ireland, XI): their form and check digits by country, without
// asking anybody. A number that passes may still not be in use: only VIES knows that.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace kontor::tax {

struct VatNumber {
  std::string country;  // ISO 3166-1 alpha-2: GR for EL, XI as it is
  std::string text;     // "DE136695976": without blanks, dots and dashes
};

bool in_eu(std::string_view country);
// Whether it begins as such a number does, with the country's two letters.
bool looks_like_vat_number(std::string_view text);
// nullopt when the form or the check digits are not those of the country.
std::optional<VatNumber> vat_number(std::string_view text);

}  // namespace kontor::tax
