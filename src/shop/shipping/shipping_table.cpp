#include "shop/shipping/shipping_table.h"

#include <algorithm>
#include <limits>

namespace kontor::shipping {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMm3PerCm3 = 1000;

void add_to(std::int64_t& sum, __int128 more) {
  const __int128 all = sum + more;
  sum = all > kMost ? kMost : static_cast<std::int64_t>(all);
}

std::shared_ptr<const CompiledOption> compile(const ZoneOption& text, std::shared_ptr<const Calendar> calendar) {
  auto option = std::make_shared<CompiledOption>();
  option->text = text;
  for (const auto& surcharge : text.surcharges) {
    auto& one = option->surcharges.emplace_back();
    one.text = surcharge;
    for (const auto& place : surcharge.places) one.areas.push_back(area_of(place));
  }
  for (const auto& row : text.transit)
    option->transit.push_back({area_of(row), row.from_country, {row.earliest_days, row.latest_days}});
  if (text.cut_off) option->cut_off = parse_clock(*text.cut_off);
  option->calendar = std::move(calendar);
  return option;
}

std::int64_t measure(const Load& load, RateBy by) {
  switch (by) {
    case RateBy::kWeight:
      return load.weight_g;
    case RateBy::kPrice:
      return load.price.amount_minor();
    case RateBy::kVolume:
      return load.volume_cm3;
    case RateBy::kQuantity:
      return load.units;
    case RateBy::kFree:
    case RateBy::kFlat:
      break;
  }
  return 0;
}

// Nothing beyond the table's end, or where its prices cannot be said in the currency.
std::optional<Money> price_by(const RateTable& table, RateBy by, const Load& load, const Wish& wish) {
  std::int64_t much = measure(load, by);
  if (by == RateBy::kPrice) {
    const auto worth = amount_in({&load.price, 1}, table.currency, wish.exchange);
    if (!worth) return std::nullopt;
    much = worth->amount_minor();
  }
  for (const auto& row : table.rows) {
    if (row.up_to && much > *row.up_to) continue;
    const Money price = Money::minor(row.amount, table.currency);
    return amount_in({&price, 1}, wish.currency, wish.exchange);
  }
  return std::nullopt;
}

// By the table in the currency, else by the first.
std::optional<Money> base_price(const Rate& rate, const Load& load, const Wish& wish) {
  if (rate.by == RateBy::kFree) return Money::minor(0, wish.currency);
  if (rate.tables.empty()) return std::nullopt;
  const auto own = std::find_if(rate.tables.begin(), rate.tables.end(),
                                [&](const RateTable& table) { return table.currency == wish.currency; });
  return price_by(own == rate.tables.end() ? rate.tables.front() : *own, rate.by, load, wish);
}

bool applies(const CompiledSurcharge& surcharge, const Load& load, const Wish& wish) {
  const auto& text = surcharge.text;
  if (text.from && wish.now < *text.from) return false;
  if (text.until && wish.now >= *text.until) return false;
  if (text.over_weight_g && load.weight_g <= *text.over_weight_g) return false;
  if (text.over_side_mm && load.longest_side_mm <= *text.over_side_mm) return false;
  return surcharge.areas.empty() || std::any_of(surcharge.areas.begin(), surcharge.areas.end(),
                                                [&](const Area& area) { return area.fit(wish.to) != Area::kNowhere; });
}

// Same day is today or not at all.
bool too_late_today(const CompiledOption& option, Time now) {
  if (option.text.speed != Speed::kSameDay) return false;
  const auto local = option.calendar->local(now);
  return !option.calendar->works_on(local.day) || (option.cut_off && local.minute >= *option.cut_off);
}

bool takes(const CompiledOption& option, const Load& load, const Wish& wish) {
  const auto& text = option.text;
  if (text.most_weight_g && load.weight_g > *text.most_weight_g) return false;
  if (text.most_side_mm && load.longest_side_mm > *text.most_side_mm) return false;
  return !too_late_today(option, wish.now);
}

Days days_of(const CompiledOption& option, const Spot& to, const Dispatch& dispatch) {
  const CompiledTransit* best = nullptr;
  int best_fit = Area::kNowhere;
  for (const auto& row : option.transit) {
    if (!row.from_country.empty() && row.from_country != dispatch.from_country) continue;
    int fit = row.area.fit(to);
    if (fit == Area::kNowhere) continue;
    fit = fit * 2 + (row.from_country.empty() ? 0 : 1);
    if (fit > best_fit) best = &row, best_fit = fit;
  }
  if (best != nullptr) return best->days;
  switch (option.text.speed) {
    case Speed::kExpress:
      return dispatch.express;
    case Speed::kSameDay:
    case Speed::kPickup:
      return {};
    case Speed::kStandard:
      break;
  }
  return dispatch.standard;
}

}  // namespace

Table compile(const std::vector<Zone>& zones) {
  Table table;
  for (const Zone& zone : zones) {
    auto& one = table.by_seller[zone.seller_id.value_or(SellerId{})].emplace_back();
    one.code = zone.code;
    for (const auto& place : zone.places) one.areas.push_back(area_of(place));
    const auto calendar = std::make_shared<const Calendar>(zone.calendar);
    for (const auto& option : zone.options) one.options.push_back(compile(option, calendar));
  }
  return table;
}

const CompiledZone* Table::find(SellerId seller, const Spot& spot) const {
  const auto zones = by_seller.find(seller);
  if (zones == by_seller.end()) return nullptr;
  const CompiledZone* best = nullptr;
  int best_fit = Area::kNowhere;
  for (const CompiledZone& zone : zones->second) {
    int fit = zone.areas.empty() ? 0 : Area::kNowhere;
    for (const Area& area : zone.areas) fit = std::max(fit, area.fit(spot));
    if (fit > best_fit) best = &zone, best_fit = fit;
  }
  return best;
}

const CompiledZone* Table::find(std::string_view code) const {
  for (const auto& [seller, zones] : by_seller)
    for (const CompiledZone& zone : zones)
      if (zone.code == code) return &zone;
  return nullptr;
}

void add_line(Load& load, const Line& line) {
  const auto& [length, width, height] = line.sides_mm;
  add_to(load.weight_g, static_cast<__int128>(line.weight_g) * line.quantity);
  const __int128 piece = std::min<__int128>(static_cast<__int128>(length) * width, kMost) * height;
  add_to(load.volume_cm3, std::min<__int128>((piece + kMm3PerCm3 - 1) / kMm3PerCm3, kMost) * line.quantity);
  add_to(load.units, line.quantity);
  load.longest_side_mm = std::max({load.longest_side_mm, length, width, height});
  load.price = load.price + line.price;
}

std::optional<std::vector<Charge>> price_of(const CompiledOption& option, const Load& load, const Wish& wish) {
  const auto& text = option.text;
  auto base = base_price(text.rate, load, wish);
  if (!base || !takes(option, load, wish)) return std::nullopt;
  const auto free_from = amount_in(text.free_from, wish.currency, wish.exchange);
  if (free_from && load.price >= *free_from) base = Money::minor(0, wish.currency);
  std::vector<Charge> charges = {{"base", text.label, *base}};
  Money sum = *base;
  for (const auto& surcharge : option.surcharges) {
    if (!applies(surcharge, load, wish)) continue;
    const auto amount = amount_in(surcharge.text.amounts, wish.currency, wish.exchange);
    if (!amount) return std::nullopt;
    charges.push_back({surcharge.text.code, surcharge.text.label, *amount});
    sum = sum + *amount;
  }
  if (wish.carbon_neutral)
    if (const auto amount = amount_in(text.carbon_neutral, wish.currency, wish.exchange)) {
      charges.push_back({"carbon_neutral", "Carbon neutral", *amount});
      sum = sum + *amount;
    }
  if (wish.consolidate)
    if (const auto amount = amount_in(text.consolidated, wish.currency, wish.exchange)) {
      const Money off = std::min(*amount, sum);
      charges.push_back({"consolidated", "Few parcels", Money::minor(-off.amount_minor(), wish.currency)});
    }
  return charges;
}

Window window_of(const CompiledOption& option, const Spot& to, const Dispatch& dispatch) {
  const Calendar& calendar = *option.calendar;
  auto [day, minute] = calendar.local(dispatch.ready);
  const bool late = option.cut_off && minute >= *option.cut_off;
  if (late || !calendar.works_on(day)) {
    day = calendar.working_from(late ? day + 1 : day);
    minute = 0;
  }
  const std::int64_t packed = day * kMinutesADay + minute + dispatch.processing_hours * 60;
  const std::int64_t leaves = calendar.working_from(packed / kMinutesADay);
  const Days days = days_of(option, to, dispatch);
  return {Time{calendar.working_after(leaves, days.earliest) * kDayMs},
          Time{calendar.working_after(leaves, days.latest) * kDayMs}};
}

}  // namespace kontor::shipping
