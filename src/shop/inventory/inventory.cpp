#include "shop/inventory/inventory.h"

#include <algorithm>

#include "services/outbox.h"
#include "shop/inventory/events.h"
#include "shop/inventory/inventory_store.h"

namespace kontor::inventory {
namespace {

constexpr std::size_t kLevelsPerEvent = 100;

Error no_such_warehouse(WarehouseId id) {
  return {Errc::kNotFound, "inventory.no_such_warehouse", "There is no warehouse " + id.text() + ".", {}, {}, 0};
}

Result<StockRow> row_of(db::Tx& tx, OfferId offer, WarehouseId warehouse) {
  TRY(const auto rows, sql::rows(tx, offer));
  for (const StockRow& row : rows)
    if (row.warehouse == warehouse) return row;
  return fail(Errc::kNotFound, "inventory.no_such_stock", "This offer has no stock row in this warehouse.");
}

// Says the new figures of the offers, each once.
Result<void> say_levels(db::Tx& tx, std::vector<OfferId> offers, Time now) {
  std::sort(offers.begin(), offers.end());
  offers.erase(std::unique(offers.begin(), offers.end()), offers.end());
  std::vector<services::Fact> facts;
  for (std::size_t at = 0; at < offers.size(); at += kLevelsPerEvent) {
    StockLevelChanged event;
    for (std::size_t i = at; i < std::min(at + kLevelsPerEvent, offers.size()); ++i) {
      TRY(const auto figure, sql::figure(tx, offers[i]));
      if (figure) event.levels.push_back({offers[i], figure->sellable, figure->on_hand});
    }
    facts.push_back(services::fact(event, offers[at].text()));
  }
  return services::emit_all(tx, facts, now);
}

Result<void> say_oversold(db::Tx& tx, const StockRow& row, Time now) {
  if (row.on_hand >= row.reserved + row.allocated) return {};
  const StockOversoldExternally event{row.offer, row.warehouse, row.on_hand, row.reserved + row.allocated};
  return services::emit(tx, event, row.offer.text(), now);
}

// The figures of the first slot so that all slots together hold what was set; other slots keep what they have.
struct Wanted {
  std::optional<std::int64_t> on_hand;
  std::optional<std::int64_t> safety_stock;
  std::optional<std::int64_t> incoming;
};

// Whether anything changed.
Result<bool> set_figures(db::Tx& tx, const Place& place, const Wanted& wanted, const Cause& cause) {
  TRY(auto slot, sql::slot(tx, place));
  const bool missing = !slot.has_value();
  const SlotRow now = slot.value_or(SlotRow{});
  Delta delta;
  if (wanted.on_hand) delta.on_hand = *wanted.on_hand - now.on_hand;
  if (wanted.safety_stock) delta.safety_stock = *wanted.safety_stock - now.safety_stock;
  if (wanted.incoming) delta.incoming = *wanted.incoming - now.incoming;
  if (!missing && delta.on_hand == 0 && delta.safety_stock == 0 && delta.incoming == 0) return false;
  if (missing) {
    TRY(const bool known, sql::warehouse_exists(tx, place.warehouse));
    if (!known) return fail(no_such_warehouse(place.warehouse));
    TRY_DO(sql::make_row(tx, place));
  }
  TRY(const bool moved, sql::move(tx, place, delta, cause));
  KONTOR_ASSERT(moved);
  return true;
}

}  // namespace

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
  for (const StockSetting& setting : sorted) {
    KONTOR_ASSERT(setting.on_hand >= 0);
    const Place place{setting.offer, setting.warehouse, 0};
    TRY(const bool moved, set_figures(tx, place, {.on_hand = setting.on_hand, .safety_stock = {}, .incoming = {}},
                                      {MovementKind::kCounted, reason, "", now}));
    if (!moved) continue;
    changed.push_back(setting.offer);
    TRY(const auto slot, sql::slot(tx, place));
    StockRow row{setting.offer, setting.warehouse, slot->on_hand, slot->reserved, slot->allocated, 0, 0, {}, 0};
    TRY_DO(say_oversold(tx, row, now));
  }
  return say_levels(tx, std::move(changed), now);
}

Result<StockRow> Inventory::change(db::Tx& tx, const StockChange& wish, Time now) {
  TRY(const bool known, sql::warehouse_exists(tx, wish.warehouse));
  if (!known) return fail(no_such_warehouse(wish.warehouse));
  if (wish.if_match.given) {
    const auto before = row_of(tx, wish.offer, wish.warehouse);
    if (!before && before.error().code != Errc::kNotFound) return fail(before.error());
    if (!wish.if_match.allows(before ? before->version : 0))
      return fail(Errc::kVersionConflict, "inventory.version_conflict", "The stock row has changed since it was read.");
  }
  const Place place{wish.offer, wish.warehouse, 0};
  TRY(const bool moved, set_figures(tx, place, {wish.on_hand, wish.safety_stock, wish.incoming},
                                    {MovementKind::kCounted, wish.reason, "", now}));
  if (wish.incoming_at) TRY_DO(sql::set_incoming_at(tx, place, wish.incoming_at));
  TRY(auto row, row_of(tx, wish.offer, wish.warehouse));
  if (!moved) return row;
  if (wish.on_hand) TRY_DO(say_oversold(tx, row, now));
  TRY_DO(say_levels(tx, {wish.offer}, now));
  return row;
}

Result<StockRow> Inventory::adjust(db::Tx& tx, const StockSetting& delta, std::string_view reason, Time now) {
  TRY(const auto before, row_of(tx, delta.offer, delta.warehouse));
  TRY(const bool moved, sql::move(tx, {delta.offer, delta.warehouse, 0}, Delta{.on_hand = delta.on_hand},
                                  {MovementKind::kAdjusted, reason, "", now}, {Guard::kPromised, 0}));
  if (!moved)
    return fail(Errc::kConflict, "inventory.below_promised",
                "There are " + std::to_string(before.on_hand) + ", of which " +
                    std::to_string(before.reserved + before.allocated) +
                    " are promised; the adjustment would take more than the rest.");
  TRY_DO(say_levels(tx, {delta.offer}, now));
  return row_of(tx, delta.offer, delta.warehouse);
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
    TRY(out, sql::rows(tx, offer));
    return {};
  }));
  return out;
}

Result<std::vector<StockRow>> Inventory::rows(std::span<const OfferId> offers) {
  std::vector<StockRow> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, sql::rows(tx, offers));
    return {};
  }));
  return out;
}

Result<std::vector<StockRow>> Inventory::rows_after(OfferId offer, WarehouseId warehouse, int limit) {
  std::vector<StockRow> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, sql::rows_after(tx, offer, warehouse, limit));
    return {};
  }));
  return out;
}

Result<std::vector<Movement>> Inventory::movements(OfferId offer, WarehouseId warehouse, std::int64_t before,
                                                   int limit) {
  std::vector<Movement> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, sql::movements(tx, {offer, warehouse, 0}, before, limit));
    return {};
  }));
  return out;
}

Result<void> Inventory::check(services::CheckReport& report) {
  return store_.read(db::Home::kStock, [&](db::Tx& tx) { return sql::check(tx, report); });
}

}  // namespace kontor::inventory
