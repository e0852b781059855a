// Telling card numbers from other digits, so that none is ever kept: only gateways see them.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace kontor {

// 13 to 19 digits, blanks and dashes between them allowed, that pass the card check (Luhn).
struct CardPlace {
  std::size_t begin = 0, end = 0;
};
// The first one at or after `from`. Other numbers may stand before and after it ("1 x", "x 12/29"): it begins and ends
// where a group of digits does. Such a part, and with `usual` any, begins as the cards in use do: with 2 to 6.
std::optional<CardPlace> find_card_number(std::string_view text, std::size_t from = 0, bool usual = false);

bool holds_card_number(std::string_view text);

// The rule of texts that people write: Format{"text without card numbers", free_of_card_numbers}.
bool free_of_card_numbers(std::string_view text);

}  // namespace kontor
