// The names of countries in English, in alphabetical order, for forms and addresses.
#pragma once
#include <span>
#include <string_view>

namespace kontor::pages {

struct Country {
  std::string_view code, name;
};
std::span<const Country> countries();
std::string_view country_name(std::string_view code);  // the code itself when there is none

}  // namespace kontor::pages
