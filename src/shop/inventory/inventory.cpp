#include "shop/inventory/inventory.h"

#include <algorithm>
#include <utility>

#include "shop/inventory/inventory_store.h"
#include "shop/inventory/levels.h"
#include "shop/inventory/spread.h"

namespace kontor::inventory {
namespace {

// What all slots together shall hold; what is absent stays.
struct WantedFigures {
  std::optional<std::int64_t> on_hand;
  std::optional<std::int64_t> safety_stock;
  std::optional<std::int64_t> incoming;
};

// What is kept back and what is on its way are in the first slot.
Delta delta_to(const WantedFigures& wanted, const std::vector<SlotRow>& rows) {
  Delta delta;
  for (const SlotRow& row : rows) {
    delta.on_hand -= row.on_hand;
    delta.safety_stock -= row.safety_stock;
    delta.incoming -= row.incoming;
  }
  delta.on_hand = wanted.on_hand ? delta.on_hand + *wanted.on_hand : 0;
  delta.safety_stock = wanted.safety_stock ? delta.safety_stock + *wanted.safety_stock : 0;
  delta.incoming = wanted.incoming ? delta.incoming + *wanted.incoming : 0;
  return delta;
}

// Whether anything changed.
Result<bool> set_figures(db::Tx& tx, const Place& place, const WantedFigures& wanted, const Cause& cause,
                         Crossings& crossings) {
  TRY(const auto rows, sql::slots_at(tx, place.offer, place.warehouse));
  Delta delta = delta_to(wanted, rows);
  if (!rows.empty() && delta.on_hand == 0 && delta.safety_stock == 0 && delta.incoming == 0) return false;
  TRY_DO(crossings.look(tx, place.offer));
  if (rows.empty()) {
    TRY(const bool known, sql::warehouse_exists(tx, place.warehouse));
    if (!known) return fail(no_such_warehouse(place.warehouse));
    TRY_DO(sql::make_row(tx, place));
  }
  if (rows.size() > 1) {
    TRY(const bool counted, change_on_hand(tx, place, std::exchange(delta.on_hand, 0), cause));
    KONTOR_ASSERT(counted);
    if (delta.safety_stock == 0 && delta.incoming == 0) return true;
  }
  TRY(const bool moved, sql::move(tx, place, delta, cause));
  KONTOR_ASSERT(moved);
  TRY_DO(even_out(tx, place, cause.at));
  return true;
}

Result<std::vector<StockRow>> tell_apart(db::Tx& tx, const std::vector<ShelfRow>& rows) {
  std::vector<StockRow> out;
  if (rows.empty()) return out;
  const auto [first, last] = std::minmax_element(
      rows.begin(), rows.end(), [](const ShelfRow& a, const ShelfRow& b) { return a.offer < b.offer; });
  TRY(const auto held, sql::held(tx, first->offer, last->offer));
  for (const ShelfRow& row : rows) out.push_back(told_apart(row, held));
  return out;
}

// The checkout whose units moved; none where it was nobody's reservation.
CheckoutId holder_of(const Movement& movement) {
  const bool reserving = movement.kind == MovementKind::kReserved || movement.kind == MovementKind::kReleased ||
                         movement.kind == MovementKind::kExpired;
  return reserving ? CheckoutId::parse(movement.reference).value_or(CheckoutId()) : CheckoutId();
}

// In which column the units of checkouts' movements stand today.
Result<void> tell_held(db::Tx& tx, std::vector<Movement>& movements) {
  std::vector<CheckoutId> keys;
  for (const Movement& movement : movements)
    if (const CheckoutId key = holder_of(movement)) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  TRY(const auto states, sql::states(tx, keys));
  for (Movement& movement : movements) {
    const CheckoutId key = holder_of(movement);
    const auto state = states.find(key);
    const bool held = key && (state == states.end() || state->second != ReservationState::kConfirmed);
    movement.reserved = held ? movement.promised : 0;
  }
  return {};
}

}  // namespace

Inventory::Inventory(db::Store& store, Clock& clock, IdSource& ids, Settings settings)
    : store_(store),
      clock_(clock),
      ids_(ids),
      settings_(std::move(settings)),
      sold_out_(clock, settings_.sold_out_ms),
      spread_(std::make_unique<Spread>()) {}
Inventory::~Inventory() = default;

// What is held may be of a moment before the row.
StockRow told_apart(const ShelfRow& row, const Held& held) {
  StockRow out{row};
  for (auto at = held.lower_bound({row.offer, row.warehouse, 0}); at != held.end(); ++at) {
    if (std::get<0>(at->first) != row.offer || std::get<1>(at->first) != row.warehouse) break;
    out.reserved += at->second;
  }
  out.reserved = std::min(out.reserved, row.promised);
  out.allocated = row.promised - out.reserved;
  return out;
}

Error no_such_warehouse(WarehouseId id) {
  return {Errc::kNotFound, "inventory.no_such_warehouse", "There is no warehouse " + id.text() + ".", {}, {}, 0};
}

Error below_promised(const ShelfRow& row) {
  return {Errc::kConflict,
          "inventory.below_promised",
          "There are " + std::to_string(row.on_hand) + ", of which " + std::to_string(row.promised) +
              " are promised; this would take more than the rest.",
          {},
          {},
          0};
}

Result<void> Inventory::set_on_hand(db::Tx& tx, const StockSetting& setting, std::string_view reason, Time now) {
  return set_on_hand_many(tx, {&setting, 1}, reason, now);
}

Result<void> Inventory::set_on_hand_many(db::Tx& tx, std::span<const StockSetting> settings, std::string_view reason,
                                         Time now) {
  std::vector<StockSetting> sorted(settings.begin(), settings.end());
  // Key order, and the last word of a repeated place counts.
  std::stable_sort(sorted.begin(), sorted.end(), [](const StockSetting& a, const StockSetting& b) {
    return std::pair(a.offer, a.warehouse) < std::pair(b.offer, b.warehouse);
  });
  std::vector<OfferId> changed;
  Crossings crossings(sold_out_);
  for (const StockSetting& setting : sorted) {
    KONTOR_ASSERT(setting.on_hand >= 0);
    const Place place{setting.offer, setting.warehouse, 0};
    TRY(const bool moved, set_figures(tx, place, {.on_hand = setting.on_hand, .safety_stock = {}, .incoming = {}},
                                      {MovementKind::kCounted, reason, "", now}, crossings));
    if (!moved) continue;
    changed.push_back(setting.offer);
    TRY(const auto row, sql::row(tx, setting.offer, setting.warehouse));
    TRY_DO(say_oversold(tx, row, now));
  }
  TRY_DO(crossings.say(tx, now));
  return say_levels(tx, std::move(changed), now);
}

namespace {

Result<ShelfRow> change_one(db::Tx& tx, const StockChange& wish, Time now, Crossings& crossings,
                            std::vector<OfferId>& moved_offers) {
  TRY(const bool known, sql::warehouse_exists(tx, wish.warehouse));
  if (!known) return fail(no_such_warehouse(wish.warehouse));
  if (wish.if_match.given) {
    const auto before = sql::row(tx, wish.offer, wish.warehouse);
    if (!before && before.error().code != Errc::kNotFound) return fail(before.error());
    if (!wish.if_match.allows(before ? before->version : 0))
      return fail(Errc::kVersionConflict, "inventory.version_conflict", "The stock row has changed since it was read.");
  }
  const Place place{wish.offer, wish.warehouse, 0};
  if (wish.low_stock_at) TRY_DO(crossings.look(tx, wish.offer));
  TRY(const bool moved, set_figures(tx, place, {wish.on_hand, wish.safety_stock, wish.incoming},
                                    {MovementKind::kCounted, wish.reason, "", now}, crossings));
  if (wish.low_stock_at) TRY_DO(sql::set_low_stock_at(tx, place, *wish.low_stock_at));
  if (wish.incoming_at) TRY_DO(sql::set_incoming_at(tx, place, wish.incoming_at));
  TRY(auto row, sql::row(tx, wish.offer, wish.warehouse));
  if (!moved) return row;
  if (wish.on_hand) TRY_DO(say_oversold(tx, row, now));
  moved_offers.push_back(wish.offer);
  return row;
}

}  // namespace

Result<ShelfRow> Inventory::change(db::Tx& tx, const StockChange& wish, Time now) {
  Crossings crossings(sold_out_);
  std::vector<OfferId> moved;
  TRY(auto row, change_one(tx, wish, now, crossings, moved));
  TRY_DO(crossings.say(tx, now));
  TRY_DO(say_levels(tx, std::move(moved), now));
  return row;
}

Result<void> Inventory::change_many(db::Tx& tx, std::span<const StockChange> wishes, Time now) {
  std::vector<StockChange> sorted(wishes.begin(), wishes.end());
  // Key order; what is said of one place comes in its own order.
  std::stable_sort(sorted.begin(), sorted.end(), [](const StockChange& a, const StockChange& b) {
    return std::pair(a.offer, a.warehouse) < std::pair(b.offer, b.warehouse);
  });
  Crossings crossings(sold_out_);
  std::vector<OfferId> moved;
  for (const StockChange& wish : sorted) TRY_DO(change_one(tx, wish, now, crossings, moved));
  TRY_DO(crossings.say(tx, now));
  return say_levels(tx, std::move(moved), now);
}

Result<ShelfRow> Inventory::adjust(db::Tx& tx, const StockSetting& delta, std::string_view reason, Time now) {
  TRY(const auto before, sql::row(tx, delta.offer, delta.warehouse));
  Crossings crossings(sold_out_);
  TRY_DO(crossings.look(tx, delta.offer));
  TRY(const bool moved, change_on_hand(tx, {delta.offer, delta.warehouse, 0}, delta.on_hand,
                                       {MovementKind::kAdjusted, reason, "", now}, Guard::kPromised));
  if (!moved) return fail(below_promised(before));
  TRY_DO(crossings.say(tx, now));
  TRY_DO(say_levels(tx, {delta.offer}, now));
  return sql::row(tx, delta.offer, delta.warehouse);
}

Result<Warehouse> Inventory::add_warehouse(db::Tx& tx, Warehouse warehouse) {
  TRY(const auto all, sql::warehouses(tx));
  for (const Warehouse& other : all)
    if (other.code == warehouse.code)
      return fail(Errc::kConflict, "inventory.warehouse_code_taken",
                  "There is a warehouse '" + warehouse.code + "' already.");
  KONTOR_ASSERT(warehouse.id);
  TRY_DO(sql::add_warehouse(tx, warehouse));
  return warehouse;
}

Result<Warehouse> Inventory::change_warehouse(db::Tx& tx, WarehouseId id, const WarehouseChange& change) {
  TRY(auto all, sql::warehouses(tx));
  const auto found = std::find_if(all.begin(), all.end(), [&](const Warehouse& one) { return one.id == id; });
  if (found == all.end()) return fail(no_such_warehouse(id));
  const auto take = [](const auto& from, auto& to) {
    if (from) to = *from;
  };
  take(change.name, found->name);
  take(change.country, found->country);
  take(change.postal_code, found->postal_code);
  take(change.latitude_e6, found->latitude_e6);
  take(change.longitude_e6, found->longitude_e6);
  take(change.processing_hours, found->processing_hours);
  take(change.daily_capacity, found->daily_capacity);
  TRY_DO(sql::change_warehouse(tx, *found));
  return *found;
}

Result<std::int64_t> Inventory::load(WarehouseId warehouse) {
  std::int64_t out = 0;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, sql::load(tx, warehouse));
    return {};
  }));
  return out;
}

Result<void> Inventory::refresh_loads() {
  TRY(const auto all, warehouses());
  const auto active = std::count_if(all.begin(), all.end(), [](const Warehouse& one) { return one.active; });
  const bool counts =
      std::any_of(all.begin(), all.end(), [](const Warehouse& one) { return one.active && one.daily_capacity > 0; });
  if (active < 2 || !counts) return {};
  std::map<WarehouseId, std::int64_t> units;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(units, sql::loads(tx));
    return {};
  }));
  loads_.set(std::move(units));
  return {};
}

Result<void> Inventory::refresh_spread() {
  std::map<std::pair<OfferId, WarehouseId>, Slots> all;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(all, sql::spread(tx));
    return {};
  }));
  spread_->set(std::move(all));
  return {};
}

Result<std::vector<StockFigure>> Inventory::figures(std::span<const OfferId> offers) {
  std::vector<StockFigure> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    out.clear();
    for (const OfferId offer : offers) {
      TRY(const auto figure, sql::figure(tx, offer));
      if (figure) out.push_back(*figure);
    }
    return {};
  }));
  return out;
}

Result<std::int64_t> Inventory::bought(CustomerId customer, OfferId offer) {
  std::int64_t out = 0;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, sql::bought(tx, customer, offer));
    return {};
  }));
  return out;
}

Result<std::vector<std::int64_t>> Inventory::bought(CustomerId customer, std::span<const OfferId> offers) {
  std::vector<std::int64_t> out;
  if (offers.empty()) return out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, sql::bought(tx, customer, offers));
    return {};
  }));
  return out;
}

Result<std::vector<Warehouse>> Inventory::warehouses() {
  std::vector<Warehouse> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, sql::warehouses(tx));
    return {};
  }));
  return out;
}

Result<std::vector<StockRow>> Inventory::rows(OfferId offer) {
  std::vector<StockRow> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto found, sql::rows(tx, offer));
    TRY(out, tell_apart(tx, found));
    return {};
  }));
  return out;
}

Result<std::vector<StockRow>> Inventory::rows(std::span<const OfferId> offers) {
  std::vector<StockRow> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto found, sql::rows(tx, offers));
    TRY(out, tell_apart(tx, found));
    return {};
  }));
  return out;
}

Result<std::vector<StockRow>> Inventory::rows_after(OfferId offer, WarehouseId warehouse, int limit) {
  std::vector<StockRow> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto found, sql::rows_after(tx, offer, warehouse, limit));
    TRY(out, tell_apart(tx, found));
    return {};
  }));
  return out;
}

Result<Held> Inventory::held(OfferId offer) {
  Held out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, sql::held(tx, offer, offer));
    return {};
  }));
  return out;
}

Result<std::vector<Movement>> Inventory::movements(OfferId offer, WarehouseId warehouse, std::int64_t before,
                                                   int limit) {
  std::vector<Movement> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, sql::movements(tx, offer, warehouse, before, limit));
    return tell_held(tx, out);
  }));
  return out;
}

Result<void> Inventory::check(services::CheckReport& report) {
  return store_.read(db::Home::kStock, [&](db::Tx& tx) { return sql::check(tx, report); });
}

}  // namespace kontor::inventory
