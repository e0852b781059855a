// Which warehouses a purchase comes from, and how long it travels. First as few shipments as there can be, then the
// best score: of distance, days, load and stock, or by the buyer's preference for speed or cost. What is not known (a
// place, a capacity) takes no part in the score. Pure computation; the guarded write has the last word.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/id.h"

namespace kontor::inventory {

enum class Preference { kBalanced, kSpeed, kCost };
constexpr auto enum_names(Preference) {
  return std::array{EnumName<Preference>{Preference::kBalanced, "balanced"},
                    EnumName<Preference>{Preference::kSpeed, "speed"}, EnumName<Preference>{Preference::kCost, "cost"}};
}

// Where a purchase goes; any of it may be empty.
struct Destination {
  std::string country, region, postal_code;
};

// How far a parcel travels. kUnknown: nobody has said where the warehouse is, or the table of places lacks one end.
enum class Zone { kLocal, kRegional, kNational, kContinental, kOverseas, kUnknown };

// Whole days from the warehouse's door, both included.
struct TransitDays {
  std::int64_t earliest = 0;
  std::int64_t latest = 0;
  bool operator==(const TransitDays&) const = default;
};

// Days by zone, without what a border adds.
struct TransitTable {
  static constexpr std::size_t kZones = 6;
  using Days = std::array<TransitDays, kZones>;
  Days standard = {{{1, 2}, {2, 3}, {2, 5}, {4, 7}, {5, 12}, {3, 8}}};
  Days express = {{{1, 1}, {1, 2}, {1, 2}, {2, 3}, {2, 5}, {2, 4}}};
};
// "1-2 2-3 2-5 4-7 5-12 3-8": the earliest and the latest day of each zone in their order, at most a year. Nothing when
// it says anything else.
std::optional<TransitTable::Days> parse_transit(std::string_view text);

// What a parcel goes through between order and doorstep.
struct Way {
  std::int64_t processing_hours = 24;
  Zone zone = Zone::kUnknown;
  bool border = false;                              // between two countries
  std::optional<std::int64_t> distance_km;          // absent: one end is unknown
  TransitDays standard = {3, 8}, express = {2, 4};  // those of the unknown zone
  std::string from_country = {};                    // "" unknown
};

struct Warehouse;
Way way_between(const Warehouse& from, const Destination& to, const TransitTable& table);

// The formulas' terms, per warehouse. Higher is better.
struct ScoreTerms {
  Way way;
  std::int64_t load_percent = 0;  // of its daily capacity; 0 where nobody has said
  std::int64_t stock = 0;         // of what is wanted
};
double score(const ScoreTerms& terms, Preference preference);

}  // namespace kontor::inventory
