#include "shop/inventory/sourcing.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include "shop/inventory/places.h"
#include "shop/inventory/warehouse.h"

namespace kontor::inventory {
namespace {

// How far a zone reaches, and what a parcel costs the shop there, in whole units of a currency: only ever compared with
// another warehouse's.
struct ZoneRow {
  std::int64_t up_to_km;
  std::int64_t parcel_cost;
};
constexpr ZoneRow kZones[TransitTable::kZones] = {
    {150, 5},         // kLocal
    {600, 7},         // kRegional
    {2000, 9},        // kNational
    {5000, 12},       // kContinental
    {INT64_MAX, 30},  // kOverseas
    {INT64_MAX, 12},  // kUnknown
};
constexpr TransitDays kBorderDays{1, 2};  // customs
constexpr std::int64_t kBorderCost = 10;
constexpr std::int64_t kMostDays = 366;

const ZoneRow& row_of(Zone zone) { return kZones[static_cast<std::size_t>(zone)]; }

Zone zone_of(std::int64_t distance) {
  for (const Zone zone : {Zone::kLocal, Zone::kRegional, Zone::kNational, Zone::kContinental})
    if (distance <= row_of(zone).up_to_km) return zone;
  return Zone::kOverseas;
}

TransitDays days_in(const TransitTable::Days& days, const Way& way) {
  TransitDays out = days[static_cast<std::size_t>(way.zone)];
  if (!way.border) return out;
  return {out.earliest + kBorderDays.earliest, out.latest + kBorderDays.latest};
}

// A whole number at the front of the text, taken off it.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > kMostDays) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take_sign(std::string_view& text, char sign) {
  if (!text.starts_with(sign)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Coordinates> coordinates_of(const Warehouse& warehouse) {
  const Coordinates given{warehouse.latitude_e6, warehouse.longitude_e6};
  if (given != Coordinates{}) return given;  // where both are zero is the sea, and what nobody filled in
  return find_place(warehouse.country, "", warehouse.postal_code);
}

// Until the slower end of the estimate: what is promised.
double days_of(const Way& way) {
  return static_cast<double>(way.processing_hours) / 24 + static_cast<double>(way.standard.latest);
}

}  // namespace

std::optional<TransitTable::Days> parse_transit(std::string_view text) {
  TransitTable::Days out;
  for (std::size_t zone = 0; zone < out.size(); ++zone) {
    if (zone > 0 && !take_sign(text, ' ')) return std::nullopt;
    const auto earliest = take_number(text);
    if (!earliest || !take_sign(text, '-')) return std::nullopt;
    const auto latest = take_number(text);
    if (!latest || *latest < *earliest) return std::nullopt;
    out[zone] = {*earliest, *latest};
  }
  return text.empty() ? std::optional(out) : std::nullopt;
}

Way way_between(const Warehouse& from, const Destination& to, const TransitTable& table) {
  Way way;
  way.processing_hours = from.processing_hours;
  way.from_country = from.country;
  way.border = !from.country.empty() && !to.country.empty() && from.country != to.country;
  const auto start = coordinates_of(from);
  const auto end = find_place(to.country, to.region, to.postal_code);
  if (start && end) {
    way.distance_km = distance_km(*start, *end);
    way.zone = zone_of(*way.distance_km);
  } else if (!from.country.empty() && !to.country.empty()) {
    way.zone = way.border ? Zone::kOverseas : Zone::kNational;
  }
  way.standard = days_in(table.standard, way);
  way.express = days_in(table.express, way);
  return way;
}

double score(const ScoreTerms& terms, Preference preference) {
  const auto distance = static_cast<double>(terms.way.distance_km.value_or(0));
  const double days = days_of(terms.way);
  switch (preference) {
    case Preference::kSpeed:
      return -days * 100 - distance * 0.1;
    case Preference::kCost: {
      const std::int64_t cost = row_of(terms.way.zone).parcel_cost + (terms.way.border ? kBorderCost : 0);
      return -static_cast<double>(cost) - distance * 0.5;
    }
    case Preference::kBalanced:
      break;
  }
  return -distance * 0.5 - days * 10 - static_cast<double>(terms.load_percent) * 0.3 +
         std::log(static_cast<double>(std::max<std::int64_t>(terms.stock, 1))) * 0.2;
}

}  // namespace kontor::inventory
