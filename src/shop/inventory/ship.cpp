// Units that leave the house: out of the slots that sold them, or out of others of the same shelf.
#include <algorithm>

#include "shop/inventory/inventory.h"
#include "shop/inventory/inventory_store.h"

namespace kontor::inventory {
namespace {

// How many of the units each slot had sold; without a key, whatever the slots have.
Result<std::vector<std::int64_t>> sold_in(db::Tx& tx, const std::vector<SlotRow>& rows, const Allotment& unit,
                                          CheckoutId key) {
  std::vector<std::int64_t> out(rows.size(), 0);
  std::int64_t left = unit.quantity;
  const auto give = [&](std::size_t at, std::int64_t most) {
    const std::int64_t part = std::clamp<std::int64_t>(most, 0, left);
    out[at] += part;
    left -= part;
  };
  if (key && rows.size() > 1) {
    TRY(const auto held, sql::reservation(tx, key));
    for (const ReservationRow& one : held)
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].place == one.place) give(i, std::min(one.quantity - one.returned, rows[i].promised));
  } else {
    for (std::size_t i = 0; i < rows.size(); ++i) give(i, rows[i].promised);
  }
  if (left > 0) out.clear();
  return out;
}

// What a slot has sold lies in it, or (counts know no slots) in another.
Result<bool> ship_units(db::Tx& tx, const Allotment& unit, CheckoutId key, const Cause& cause) {
  TRY(const auto rows, sql::slots_at(tx, unit.offer, unit.warehouse));
  TRY(const auto sold, sold_in(tx, rows, unit, key));
  if (sold.empty()) return false;
  std::vector<Delta> deltas(rows.size());
  std::int64_t left = unit.quantity;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t part = std::min(sold[i], rows[i].on_hand);
    deltas[i] = {.on_hand = -part, .promised = -sold[i]};
    left -= part;
  }
  for (std::size_t i = 0; i < rows.size() && left > 0; ++i) {
    const std::int64_t part = std::min(left, rows[i].on_hand + deltas[i].on_hand);
    deltas[i].on_hand -= part;
    left -= part;
  }
  if (left > 0) return false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (deltas[i].on_hand == 0 && deltas[i].promised == 0) continue;
    TRY(const bool moved, sql::move(tx, rows[i].place, deltas[i], cause));
    if (!moved) return false;
  }
  return true;
}

}  // namespace

Result<void> Inventory::ship(db::Tx& tx, std::span<const Allotment> units, const std::string& reference, Time now,
                             CheckoutId key) {
  TRY(const bool fresh, sql::note_effect(tx, reference, MovementKind::kShipped, now));
  if (!fresh) return {};
  std::vector<Allotment> sorted(units.begin(), units.end());
  std::sort(sorted.begin(), sorted.end(), [](const Allotment& a, const Allotment& b) {
    return std::pair(a.offer, a.warehouse) < std::pair(b.offer, b.warehouse);
  });
  for (const Allotment& unit : sorted) {
    TRY(const bool shipped, ship_units(tx, unit, key, {MovementKind::kShipped, "", reference, now}));
    if (!shipped)
      return fail(Errc::kConflict, "inventory.not_on_hand",
                  "The warehouse does not have all the units of " + unit.offer.text() + ".");
  }
  return {};
}

}  // namespace kontor::inventory
