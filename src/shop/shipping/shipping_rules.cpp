// What a zone must not say: everything is said at once, with a JSON pointer each.
#include <algorithm>
#include <set>

#include "shop/shipping/shipping_calendar.h"
#include "shop/shipping/shipping_places.h"

namespace kontor::shipping {

bool is_country_or_none(std::string_view text) { return text.empty() || is_country(text); }

bool is_code(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

Zone everywhere() {
  ZoneOption standard;
  standard.code = "standard";
  standard.label = "Standard";
  standard.rate.by = RateBy::kFree;
  Zone zone;
  zone.code = "everywhere";
  zone.name = "Everywhere";
  zone.options.push_back(std::move(standard));
  return zone;
}

namespace {

std::string words_with(Currency currency, std::string_view rest) {
  std::string words;
  words.append(currency.code()).append(rest);
  return words;
}

template <class T>
std::vector<Area> areas_of(const std::vector<T>& texts) {
  std::vector<Area> areas;
  areas.reserve(texts.size());
  for (const T& text : texts) areas.push_back(area_of(text));
  return areas;
}

class Check {
 public:
  void add(std::string field, std::string_view code, std::string message) {
    wrong_.push_back({std::move(field), std::string(code), std::move(message)});
  }
  Result<void> done(std::string_view what) && {
    if (wrong_.empty()) return {};
    Error error{Errc::kInvalid, "shipping.bad_zone", std::string(what), std::move(wrong_), {}, 0};
    if (error.fields.size() == 1) error.detail = error.fields.front().message;
    return fail(std::move(error));
  }

  void amounts(const std::string& at, const std::vector<Money>& amounts) {
    std::set<Currency> seen;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      const std::string here = at + "/" + std::to_string(i);
      if (amounts[i].amount_minor() < 0) add(here, "out_of_range", "An amount is not negative.");
      if (!seen.insert(amounts[i].currency()).second)
        add(here, "repeated", words_with(amounts[i].currency(), " is there twice."));
    }
  }

  template <class T>
  void place(const std::string& at, const T& place) {
    if (!place.postal_from && !place.postal_to) return;
    if (!place.postal_from) return add(at + "/postal_from", "required", "A range of postal codes has a beginning.");
    const auto range = postal_range(place.postal_from, place.postal_to);
    if (range.from.empty()) add(at + "/postal_from", "bad_format", "A postal code has letters or digits.");
    if (place.postal_to && range.to.empty())
      add(at + "/postal_to", "bad_format", "A postal code has letters or digits.");
    else if (range.reversed())
      add(at + "/postal_to", "reversed", "The range ends before it begins.");
    if (place.country.empty()) add(at + "/country", "required", "Postal codes are those of a country.");
  }

  void places(const std::string& at, const std::vector<Place>& all) {
    for (std::size_t i = 0; i < all.size(); ++i) place(at + "/" + std::to_string(i), all[i]);
  }

  void rate(const std::string& at, const Rate& rate);
  void surcharges(const std::string& at, const ZoneOption& option);
  void transit(const std::string& at, const ZoneOption& option);
  void option(const std::string& at, const ZoneOption& option);
  void calendar(const CalendarText& text);

 private:
  std::vector<FieldError> wrong_;
};

void Check::rate(const std::string& at, const Rate& rate) {
  if (rate.by == RateBy::kFree) {
    if (!rate.tables.empty()) add(at + "/tables", "contradiction", "What is free has no prices.");
    return;
  }
  if (rate.tables.empty()) add(at + "/tables", "required", "Only what is free has no prices.");
  std::set<Currency> seen;
  for (std::size_t i = 0; i < rate.tables.size(); ++i) {
    const std::string here = at + "/tables/" + std::to_string(i);
    const auto& table = rate.tables[i];
    if (!seen.insert(table.currency).second)
      add(here + "/currency", "repeated", words_with(table.currency, " has two tables."));
    if (rate.by == RateBy::kFlat && (table.rows.size() != 1 || table.rows.front().up_to))
      add(here + "/rows", "contradiction", "A flat rate is one row without up_to.");
    for (std::size_t row = 0; row + 1 < table.rows.size(); ++row) {
      const auto &low = table.rows[row], &high = table.rows[row + 1];
      if (!low.up_to || (high.up_to && *high.up_to <= *low.up_to))
        add(here + "/rows/" + std::to_string(row + 1) + "/up_to", "reversed", "Rows are in ascending order.");
    }
  }
}

void Check::surcharges(const std::string& at, const ZoneOption& option) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < option.surcharges.size(); ++i) {
    const auto& one = option.surcharges[i];
    const std::string here = at + "/surcharges/" + std::to_string(i);
    if (!seen.insert(one.code).second) add(here + "/code", "repeated", "Two surcharges have this code.");
    amounts(here + "/amounts", one.amounts);
    places(here + "/places", one.places);
    if (one.from && one.until && *one.until <= *one.from)
      add(here + "/until", "reversed", "The surcharge ends before it begins.");
    for (const auto& table : option.rate.tables) {
      const auto same = [&](const Money& amount) { return amount.currency() == table.currency; };
      if (std::none_of(one.amounts.begin(), one.amounts.end(), same))
        add(here + "/amounts", "currency_missing",
            "The option has prices in " + std::string(table.currency.code()) + ", its surcharge has not.");
    }
  }
}

void Check::transit(const std::string& at, const ZoneOption& option) {
  const auto areas = areas_of(option.transit);
  for (std::size_t i = 0; i < option.transit.size(); ++i) {
    const auto& row = option.transit[i];
    const std::string here = at + "/transit/" + std::to_string(i);
    place(here, row);
    if (!row.regions.empty() && row.country.empty())
      add(here + "/country", "required", "Regions are those of a country.");
    if (row.latest_days < row.earliest_days)
      add(here + "/latest_days", "reversed", "The latest day is before the earliest.");
    for (std::size_t j = 0; j < i; ++j)
      if (option.transit[j].from_country == row.from_country && areas[j].meets(areas[i]))
        add(here, "contradiction", "Row " + std::to_string(j) + " says something else of the same place.");
  }
}

void Check::option(const std::string& at, const ZoneOption& option) {
  rate(at + "/rate", option.rate);
  amounts(at + "/free_from", option.free_from);
  amounts(at + "/carbon_neutral", option.carbon_neutral);
  amounts(at + "/consolidated", option.consolidated);
  surcharges(at, option);
  transit(at, option);
  if (option.cut_off && !parse_clock(*option.cut_off))
    add(at + "/cut_off", "bad_format", "A time of day is written 14:30.");
}

void Check::calendar(const CalendarText& text) {
  for (std::size_t i = 0; i < text.holidays.size(); ++i)
    if (!parse_holiday(text.holidays[i]))
      add("/calendar/holidays/" + std::to_string(i), "bad_format",
          "A holiday is a date such as 2026-12-24, or 12-24 for every year.");
}

}  // namespace

Result<void> check_zone(const Zone& zone) {
  Check check;
  check.calendar(zone.calendar);
  check.places("/places", zone.places);
  const auto areas = areas_of(zone.places);
  for (std::size_t i = 0; i < zone.places.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (areas[i].meets(areas[j]))
        check.add("/places/" + std::to_string(i), "repeated",
                  "Place " + std::to_string(j) + " names the same addresses.");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < zone.options.size(); ++i) {
    const std::string at = "/options/" + std::to_string(i);
    if (!seen.insert(zone.options[i].code).second) check.add(at + "/code", "repeated", "Two options have this code.");
    check.option(at, zone.options[i]);
  }
  return std::move(check).done("The zone contradicts itself.");
}

Result<void> check_overlap(const Zone& zone, const std::vector<Zone>& others) {
  std::vector<FieldError> wrong;
  std::string with;
  const auto own = areas_of(zone.places);
  for (const Zone& other : others) {
    if (other.code == zone.code || other.seller_id != zone.seller_id) continue;
    const auto found = [&](std::string field) {
      wrong.push_back({std::move(field), "overlap", "Zone '" + other.code + "' has these addresses as well."});
      with = other.code;
    };
    if (zone.places.empty() && other.places.empty()) found("/places");
    const auto theirs = areas_of(other.places);
    for (std::size_t i = 0; i < own.size(); ++i)
      if (std::any_of(theirs.begin(), theirs.end(), [&](const Area& area) { return area.meets(own[i]); }))
        found("/places/" + std::to_string(i));
  }
  if (wrong.empty()) return {};
  return fail(Error{Errc::kConflict,
                    "shipping.zones_overlap",
                    "Zone '" + with + "' has some of these addresses as well; nobody could say which holds.",
                    std::move(wrong),
                    {},
                    0});
}

}  // namespace kontor::shipping
