// The ISO 3166-1 alpha-2 country codes.
#pragma once
#include <string_view>

namespace kontor {

// Two upper-case letters that are assigned.
bool is_country(std::string_view code);

}  // namespace kontor
