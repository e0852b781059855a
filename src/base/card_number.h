// Telling card numbers from other digits, so that none is ever kept: only gateways see them.
#pragma once
#include <string_view>

namespace kontor {

// Whether the text holds 13 to 19 digits, blanks and dashes between them allowed, that pass the card check (Luhn).
bool holds_card_number(std::string_view text);

// The rule of texts that people write: Format{"text without card numbers", free_of_card_numbers}.
bool free_of_card_numbers(std::string_view text);

}  // namespace kontor
