#include "shop/inventory/sourcing.h"

#include <algorithm>
#include <cmath>

#include "shop/inventory/places.h"
#include "shop/inventory/warehouse.h"

namespace kontor::inventory {
namespace {

// The transit table: days by zone and speed, and what a parcel costs the shop there, in whole units of a currency: only
// ever compared with another warehouse's.
struct ZoneRow {
  std::int64_t up_to_km;
  TransitDays standard;
  TransitDays express;
  std::int64_t parcel_cost;
};
constexpr ZoneRow kZones[] = {
    {150, {1, 2}, {1, 1}, 5},          // kLocal
    {600, {2, 3}, {1, 2}, 7},          // kRegional
    {2000, {2, 5}, {1, 2}, 9},         // kNational
    {5000, {4, 7}, {2, 3}, 12},        // kContinental
    {INT64_MAX, {5, 12}, {2, 5}, 30},  // kOverseas
    {INT64_MAX, {3, 8}, {2, 4}, 12},   // kUnknown
};
constexpr TransitDays kBorderDays{1, 2};  // customs
constexpr std::int64_t kBorderCost = 10;

const ZoneRow& row_of(Zone zone) { return kZones[static_cast<std::size_t>(zone)]; }

Zone zone_of(std::int64_t distance) {
  for (const Zone zone : {Zone::kLocal, Zone::kRegional, Zone::kNational, Zone::kContinental})
    if (distance <= row_of(zone).up_to_km) return zone;
  return Zone::kOverseas;
}

std::optional<Coordinates> place_of(const Warehouse& warehouse) {
  const Coordinates given{warehouse.latitude_e6, warehouse.longitude_e6};
  if (given != Coordinates{}) return given;  // where both are zero is the sea, and what nobody filled in
  return find_place(warehouse.country, "", warehouse.postal_code);
}

// Until the slower end of the estimate: what is promised.
double days_of(const Way& way) {
  return static_cast<double>(way.processing_hours) / 24 +
         static_cast<double>(transit_days(way, ShippingSpeed::kStandard).latest);
}

}  // namespace

Way way_between(const Warehouse& from, const Destination& to) {
  Way way;
  way.processing_hours = from.processing_hours;
  way.border = !from.country.empty() && !to.country.empty() && from.country != to.country;
  const auto start = place_of(from);
  const auto end = find_place(to.country, to.region, to.postal_code);
  if (start && end) {
    way.distance_km = distance_km(*start, *end);
    way.zone = zone_of(*way.distance_km);
  } else if (!from.country.empty() && !to.country.empty()) {
    way.zone = way.border ? Zone::kOverseas : Zone::kNational;
  }
  return way;
}

TransitDays transit_days(const Way& way, ShippingSpeed speed) {
  const ZoneRow& row = row_of(way.zone);
  TransitDays days = speed == ShippingSpeed::kExpress ? row.express : row.standard;
  if (way.border) {
    days.earliest += kBorderDays.earliest;
    days.latest += kBorderDays.latest;
  }
  return days;
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
