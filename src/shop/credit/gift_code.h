// The codes of gift cards: four groups of four letters and digits that are not mistaken for each other, 70 bits of luck
// and two check characters. They find every mistyped character and every two that changed places, so that a typo is
// told apart from a guess without asking the store, which knows codes by their hash alone.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ports/random.h"

namespace kontor::credit {

// "K7QM-2XPA-9TRW-E5HC"; no such code passes for the number of a payment card.
std::string draw_code(Random& random);
// As it was drawn, out of what somebody typed: case, blanks, dashes, O for 0, I and L for 1. Nothing when it is no
// code.
std::optional<std::string> tidy_gift_code(std::string_view typed);
// What the store knows a tidy code by.
std::string hash_of(std::string_view code);

}  // namespace kontor::credit
