// How the names and values of attributes read: "light_lm": 620 is "Light", "620 lm".
#pragma once
#include <string>
#include <string_view>

namespace kontor::pages {

std::string attribute_label(std::string_view name);
std::string attribute_value(std::string_view name, std::string_view value);

}  // namespace kontor::pages
