// Tax classes that mean something to the program; all others only name rates of the tax table.
#pragma once
#include <string_view>

namespace kontor {

inline constexpr std::string_view kExemptClass = "exempt";  // never taxed, whatever the table says
// Of gift cards: what has it is sold as one, a card a unit. They are taxed as what is bought with them, and not when
// they are sold.
inline constexpr std::string_view kGiftCardClass = "gift_card";
constexpr bool is_exempt(std::string_view tax_class) {
  return tax_class == kExemptClass || tax_class == kGiftCardClass;
}

}  // namespace kontor
