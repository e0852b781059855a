// How one letter is compared: lower case, without its accents. The table covers Latin, Greek and Cyrillic; combining
// marks fold to nothing. Made from Unicode's case folding and canonical decomposition, plus the letters that decompose
// to none (ø, ł, đ …).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace kontor {

// nullopt: the code point is its own form.
std::optional<std::string_view> folded_form(std::uint32_t code_point);

}  // namespace kontor
