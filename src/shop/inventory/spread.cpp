#include "shop/inventory/spread.h"

#include <algorithm>

#include "services/outbox.h"
#include "shop/inventory/events.h"
#include "shop/inventory/levels.h"

namespace kontor::inventory {
namespace {

// How many each slot shall have beyond what it has promised. All that is lacking lies in the first slots.
std::vector<std::int64_t> even_shares(const std::vector<SlotRow>& rows, std::int64_t slots) {
  std::int64_t free = 0, safety = 0;
  for (const SlotRow& row : rows) {
    free += row.on_hand - row.promised;
    safety += row.safety_stock;
  }
  std::vector<std::int64_t> shares(rows.size(), 0);
  if (free < 0) {
    for (std::size_t i = 0; i < rows.size() && free < 0; ++i) {
      shares[i] = std::max(-rows[i].promised, free);
      free -= shares[i];
    }
    return shares;
  }
  const std::int64_t even = std::max<std::int64_t>(free - safety, 0);
  const auto count = std::min<std::int64_t>(slots, static_cast<std::int64_t>(rows.size()));
  for (std::int64_t i = 0; i < count; ++i)
    shares[static_cast<std::size_t>(i)] = even / count + (i < even % count ? 1 : 0);
  shares[0] += free - even;
  return shares;
}

}  // namespace

void Spread::set(std::map<std::pair<OfferId, WarehouseId>, Slots> all) {
  const std::lock_guard lock(mutex_);
  all_ = std::move(all);
  any_.store(!all_.empty());
}

void Spread::learn(OfferId offer, WarehouseId warehouse, Slots slots) {
  const std::lock_guard lock(mutex_);
  if (slots.reach <= 1)
    all_.erase({offer, warehouse});
  else
    all_[{offer, warehouse}] = slots;
  any_.store(!all_.empty());
}

Slots Spread::of(OfferId offer, WarehouseId warehouse) const {
  if (!any_.load()) return {};
  const std::lock_guard lock(mutex_);
  const auto found = all_.find({offer, warehouse});
  return found == all_.end() ? Slots{} : found->second;
}

Result<void> even_out(db::Tx& tx, const Place& place, Time now) {
  TRY(const auto rows, sql::slots_at(tx, place.offer, place.warehouse));
  if (rows.size() < 2) return {};
  TRY(const auto slots, sql::slots_of(tx, place.offer, place.warehouse));
  const auto shares = even_shares(rows, slots.slots);
  const Cause cause{MovementKind::kSpread, "spread", "", now};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t delta = shares[i] - (rows[i].on_hand - rows[i].promised);
    if (delta == 0) continue;
    TRY(const bool moved, sql::move(tx, rows[i].place, Delta{.on_hand = delta}, cause));
    KONTOR_ASSERT(moved);
  }
  return {};
}

Result<bool> change_on_hand(db::Tx& tx, const Place& place, std::int64_t delta, const Cause& cause, Guard guard) {
  KONTOR_ASSERT(place.slot == 0);
  TRY(const auto rows, sql::slots_at(tx, place.offer, place.warehouse));
  if (rows.size() < 2) return sql::move(tx, place, Delta{.on_hand = delta}, cause, guard);
  if (delta >= 0) {
    TRY(const bool moved, sql::move(tx, place, Delta{.on_hand = delta}, cause, guard));
    KONTOR_ASSERT(moved);
    TRY_DO(even_out(tx, place, cause.at));
    return true;
  }
  std::int64_t left = -delta;
  for (const SlotRow& row : rows) {
    const std::int64_t most = guard == Guard::kPromised ? row.on_hand - row.promised : row.on_hand;
    const std::int64_t part = std::min(left, most);
    if (part <= 0) continue;
    TRY(const bool moved, sql::move(tx, row.place, Delta{.on_hand = -part}, cause, guard));
    if (!moved) return false;
    left -= part;
  }
  if (left > 0) return false;
  TRY_DO(even_out(tx, place, cause.at));
  return true;
}

Result<std::vector<SlotRow>> spread_over(db::Tx& tx, Inventory& inventory, const Place& place, std::int64_t slots,
                                         Time now) {
  KONTOR_ASSERT(slots >= 1 && slots <= kMostSlots);
  TRY(auto rows, sql::slots_at(tx, place.offer, place.warehouse));
  if (rows.empty())
    return fail(Errc::kNotFound, "inventory.no_such_stock", "This offer has no stock row in this warehouse.");
  Crossings crossings(inventory.sold_out());
  TRY_DO(crossings.look(tx, place.offer));
  const std::int64_t low_stock_at = rows.front().low_stock_at;
  for (auto slot = static_cast<std::int64_t>(rows.size()); slot < slots; ++slot)
    TRY_DO(sql::make_row(tx, {place.offer, place.warehouse, slot}));
  TRY_DO(sql::set_low_stock_at(tx, place, low_stock_at));
  const Slots wanted{slots, std::max<std::int64_t>(slots, static_cast<std::int64_t>(rows.size()))};
  TRY_DO(sql::set_slots(tx, place.offer, place.warehouse, wanted));
  TRY_DO(even_out(tx, place, now));
  TRY(rows, sql::slots_at(tx, place.offer, place.warehouse));
  std::int64_t reach = slots;
  for (const SlotRow& row : rows)
    if (row.on_hand > 0 || row.promised > 0) reach = std::max(reach, row.place.slot + 1);
  if (reach == 1)
    TRY_DO(sql::forget_slots(tx, place.offer, place.warehouse));
  else
    TRY_DO(sql::set_slots(tx, place.offer, place.warehouse, {slots, reach}));
  TRY_DO(services::emit(tx, StockSpread{place.offer, place.warehouse, slots, reach}, place.offer.text(), now));
  TRY_DO(crossings.say(tx, now));
  return rows;
}

}  // namespace kontor::inventory
