#include "pages/attributes.h"

#include <algorithm>
#include <array>

namespace kontor::pages {
namespace {

struct Unit {
  std::string_view ending, shown;
};
constexpr std::array kUnits = {
    Unit{"_mm", "mm"},       Unit{"_cm", "cm"},        Unit{"_m", "m"},     Unit{"_km", "km"}, Unit{"_in", "in"},
    Unit{"_g", "g"},         Unit{"_kg", "kg"},        Unit{"_ml", "ml"},   Unit{"_l", "l"},   Unit{"_w", "W"},
    Unit{"_kw", "kW"},       Unit{"_v", "V"},          Unit{"_mah", "mAh"}, Unit{"_wh", "Wh"}, Unit{"_lm", "lm"},
    Unit{"_hz", "Hz"},       Unit{"_ghz", "GHz"},      Unit{"_mp", "MP"},   Unit{"_gb", "GB"}, Unit{"_tb", "TB"},
    Unit{"_mb", "MB"},       Unit{"_h", "h"},          Unit{"_min", "min"}, Unit{"_db", "dB"}, Unit{"_gsm", "g/m²"},
    Unit{"_years", "years"}, Unit{"_months", "months"}};

const Unit* unit_of(std::string_view name) {
  for (const Unit& unit : kUnits)
    if (name.size() > unit.ending.size() && name.ends_with(unit.ending)) return &unit;
  return nullptr;
}

bool is_number(std::string_view value) {
  return !value.empty() && value.find_first_not_of("0123456789.-") == std::string_view::npos;
}

}  // namespace

std::string attribute_label(std::string_view name) {
  if (const Unit* unit = unit_of(name)) name.remove_suffix(unit->ending.size());
  std::string label(name);
  std::replace(label.begin(), label.end(), '_', ' ');
  if (!label.empty() && label[0] >= 'a' && label[0] <= 'z') label[0] = static_cast<char>(label[0] - 'a' + 'A');
  return label;
}

std::string attribute_value(std::string_view name, std::string_view value) {
  if (value == "true") return "yes";
  if (value == "false") return "no";
  const Unit* unit = unit_of(name);
  return unit != nullptr && is_number(value) ? std::string(value) + " " + std::string(unit->shown) : std::string(value);
}

const catalog::AttributeDefinition* AttributeWords::find(std::string_view name) const {
  return set_ == nullptr ? nullptr : set_->find(name);
}

std::string AttributeWords::label(std::string_view name) const {
  const auto* defined = find(name);
  const std::string_view label = defined == nullptr ? std::string_view() : catalog::label_of(*defined, locale_);
  return label.empty() ? attribute_label(name) : std::string(label);
}

std::string AttributeWords::value(std::string_view name, std::string_view value) const {
  const auto* defined = find(name);
  if (defined != nullptr && defined->unit && is_number(value)) return std::string(value) + " " + *defined->unit;
  return attribute_value(name, value);
}

}  // namespace kontor::pages
