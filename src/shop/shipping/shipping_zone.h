// What staff say of a shipping zone: which places it has, which options lead there, what each costs in which currency,
// and how long it takes. Kept whole as one JSON document; wrong_in() says everything that is wrong with one.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/country.h"
#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "base/weekday.h"
#include "services/time_zone.h"

namespace kontor::shipping {

bool is_country_or_none(std::string_view text);
bool is_code(std::string_view text);  // lower-case letters, digits, '-' and '_'

inline constexpr Format kCode{"code", is_code};
inline constexpr Format kCountryOrNone{"country", is_country_or_none};
inline constexpr Length kFew{0, 50};
inline constexpr Length kMany{0, 1000};
inline constexpr Range kDays{0, 366};

// A country, or a part of it.
struct Place {
  std::string country;
  std::vector<std::string> regions;
  std::optional<std::string> postal_from, postal_to;

  static constexpr auto fields() {
    return described(
        Field("country", &Place::country, "ISO 3166-1 alpha-2", Format{"country", is_country}),
        Field("regions", &Place::regions, "Only these states or provinces, by any of their names", kFew, Default{}),
        Field("postal_from", &Place::postal_from, "Only postal codes that begin with this, or come after it",
              Length{1, 20}),
        Field("postal_to", &Place::postal_to, "And that begin with this, or come before it; postal_from when absent",
              Length{1, 20}));
  }
};

enum class RateBy { kFree, kFlat, kWeight, kPrice, kVolume, kQuantity };
constexpr auto enum_names(RateBy) {
  using N = EnumName<RateBy>;
  return std::array{N{RateBy::kFree, "free"},   N{RateBy::kFlat, "flat"},     N{RateBy::kWeight, "weight"},
                    N{RateBy::kPrice, "price"}, N{RateBy::kVolume, "volume"}, N{RateBy::kQuantity, "quantity"}};
}

struct RateRow {
  std::optional<std::int64_t> up_to;
  std::int64_t amount = 0;

  static constexpr auto fields() {
    return described(
        Field("up_to", &RateRow::up_to,
              "Up to and with so many grams, minor units, cubic centimetres or units; absent: whatever is more",
              Range{0, kMaxAmountMinor}),
        Field("amount", &RateRow::amount, "What it costs then, in minor units", Range{0, kMaxAmountMinor}));
  }
};

struct RateTable {
  Currency currency;
  std::vector<RateRow> rows;

  static constexpr auto fields() {
    return described(Field("currency", &RateTable::currency, "Of its amounts"),
                     Field("rows", &RateTable::rows, "In ascending order", Length{1, 200}));
  }
};

struct Rate {
  RateBy by = RateBy::kFlat;
  std::vector<RateTable> tables;

  static constexpr auto fields() {
    return described(Field("by", &Rate::by, "free in every currency, or flat, weight, price, volume, quantity"),
                     Field("tables", &Rate::tables, "One a currency; in others the first counts, by the shop's rates",
                           kFew, Default{}));
  }
};

struct Surcharge {
  std::string code, label;
  std::vector<Money> amounts;
  std::optional<Time> from, until;
  std::vector<Place> places;
  std::optional<std::int64_t> over_weight_g, over_side_mm;

  static constexpr auto fields() {
    using S = Surcharge;
    return described(
        Field("code", &S::code, "Its short name", Length{1, 40}, kCode),
        Field("label", &S::label, "Its name for people", Length{1, 120}),
        Field("amounts", &S::amounts, "What is added, one a currency of the option", Length{1, 50}),
        Field("from", &S::from, "Only from then on"), Field("until", &S::until, "Only before"),
        Field("places", &S::places, "Only there", kMany, Default{}),
        Field("over_weight_g", &S::over_weight_g, "Only when all of it is heavier", Range{0, 1'000'000'000}),
        Field("over_side_mm", &S::over_side_mm, "Only when one piece is longer", Range{0, 1'000'000}));
  }
};

// A line of a carrier's transit table.
struct Transit {
  std::string from_country;
  std::string country;
  std::vector<std::string> regions;
  std::optional<std::string> postal_from, postal_to;
  std::int64_t earliest_days = 0, latest_days = 0;

  static constexpr auto fields() {
    using T = Transit;
    return described(
        Field("from_country", &T::from_country, "Of the warehouse; any when absent", kCountryOrNone, Default{}),
        Field("country", &T::country, "Of the address; any when absent", kCountryOrNone, Default{}),
        Field("regions", &T::regions, "Only these states or provinces", kFew, Default{}),
        Field("postal_from", &T::postal_from, "As in places", Length{1, 20}),
        Field("postal_to", &T::postal_to, "As in places", Length{1, 20}),
        Field("earliest_days", &T::earliest_days, "From the warehouse's door, in the zone's working days", kDays),
        Field("latest_days", &T::latest_days, "The same at most", kDays));
  }
};

enum class Speed { kStandard, kExpress, kSameDay, kPickup };
constexpr auto enum_names(Speed) {
  using N = EnumName<Speed>;
  return std::array{N{Speed::kStandard, "standard"}, N{Speed::kExpress, "express"}, N{Speed::kSameDay, "same_day"},
                    N{Speed::kPickup, "pickup"}};
}

struct ZoneOption {
  std::string code, label;
  Speed speed = Speed::kStandard;
  Rate rate;
  std::vector<Money> free_from;
  std::vector<Surcharge> surcharges;
  std::vector<Money> carbon_neutral, consolidated;
  std::optional<std::int64_t> most_weight_g, most_side_mm;
  std::optional<std::string> carrier, cut_off;
  std::vector<Transit> transit;

  static constexpr auto fields() {
    using O = ZoneOption;
    return described(
        Field("code", &O::code, "For shipping_option", Length{1, 60}, kCode),
        Field("label", &O::label, "Its name for people", Length{1, 120}),
        Field("speed", &O::speed, "standard, express, same_day or pickup", Default{}),
        Field("rate", &O::rate, "What it costs"),
        Field("free_from", &O::free_from, "Goods for so much travel free, one a currency", kFew, Default{}),
        Field("surcharges", &O::surcharges, "What may come on top, also of what is free", kFew, Default{}),
        Field("carbon_neutral", &O::carbon_neutral, "What is added where the buyer wants it so; empty: not offered",
              kFew, Default{}),
        Field("consolidated", &O::consolidated, "What is taken off where the buyer wants few parcels", kFew, Default{}),
        Field("most_weight_g", &O::most_weight_g, "Not for more, all together", Range{0, 1'000'000'000}),
        Field("most_side_mm", &O::most_side_mm, "Not for longer pieces", Range{0, 1'000'000}),
        Field("carrier", &O::carrier, "Who carries it", Length{1, 60}),
        Field("cut_off", &O::cut_off, "HH:MM in the zone's time: what is bought later counts as bought the next day",
              Length{5, 5}),
        Field("transit", &O::transit, "The carrier's days; empty: by distance, as the warehouses know it", kMany,
              Default{}));
  }
};

enum class SummerTime { kNone, kEu, kUs };
constexpr auto enum_names(SummerTime) {
  using N = EnumName<SummerTime>;
  return std::array{N{SummerTime::kNone, "none"}, N{SummerTime::kEu, "eu"}, N{SummerTime::kUs, "us"}};
}

// When parcels leave and arrive. Without one every day is a working day, in UTC.
struct CalendarText {
  std::optional<std::string> time_zone;
  std::int64_t utc_offset_minutes = 0;
  SummerTime summer_time = SummerTime::kNone;
  std::vector<Weekday> working_days;
  std::vector<std::string> holidays;

  static constexpr auto fields() {
    using C = CalendarText;
    return described(
        Field("time_zone", &C::time_zone, "As Europe/Berlin; it comes before the two below", services::kTimeZone),
        Field("utc_offset_minutes", &C::utc_offset_minutes, "Of winter time", Range{-840, 840}, Default{}),
        Field("summer_time", &C::summer_time, "none, eu or us: by which rule an hour is added", Default{}),
        Field("working_days", &C::working_days, "monday …; empty: all", Length{0, 7}, Default{}),
        Field("holidays", &C::holidays, "2026-12-24, or 12-25 for every year", Length{0, 200}, Default{}));
  }
};

struct Zone {
  std::string code, name;
  std::optional<SellerId> seller_id;
  std::vector<Place> places;
  CalendarText calendar;
  std::vector<ZoneOption> options;

  static constexpr auto fields() {
    return described(
        Field("code", &Zone::code, "Its short name: lower-case letters, digits, '-', '_'", Length{1, 60}, kCode),
        Field("name", &Zone::name, "Its name for people", Length{1, 120}),
        Field("seller_id", &Zone::seller_id, "Only for goods of this seller, who sends them apart; absent: the shop's"),
        Field("places", &Zone::places, "Where it is; empty: wherever no other zone is", kMany, Default{}),
        Field("calendar", &Zone::calendar, "Working days and time", Default{}),
        Field("options", &Zone::options, "How parcels may go there, the usual one first", Length{1, 50}));
  }
};

// The zone of a new store: everywhere, `standard`, at nothing.
Zone everywhere();

// Everything that contradicts itself in the document: kInvalid "shipping.bad_zone" with a field each.
Result<void> check_zone(const Zone& zone);
// Two zones of one seller that name the same place with equal precision, so that nobody could say which holds:
// kConflict "shipping.zones_overlap". `others` may have the zone itself, by its code.
Result<void> check_overlap(const Zone& zone, const std::vector<Zone>& others);

}  // namespace kontor::shipping
