// A hot offer's units in one warehouse, spread over several slots: each is a stock row of its own, so that checkouts of
// one offer do not all wait for one row. A checkout begins at a slot of its own choosing and goes on to the others.
//
// `Spread` is what a process remembers of it (a hint: which rows are tried first), the functions below it keep the rows
// even. What is promised stays in its slot until it is sent or given back, so a slot may have units after the offer was
// merged: `reach` says how far there may be any. The safety stock and what is incoming are in the first slot.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "shop/inventory/inventory_store.h"
#include "shop/inventory/stockroom.h"

namespace kontor::inventory {

// Over how many slots units are spread, and how many may hold some.
struct Slots {
  std::int64_t slots = 1;
  std::int64_t reach = 1;
};

// Safe from any thread.
class Spread {
 public:
  void set(std::map<std::pair<OfferId, WarehouseId>, Slots> all);
  void learn(OfferId offer, WarehouseId warehouse, Slots slots);
  // One and one where nothing is known.
  Slots of(OfferId offer, WarehouseId warehouse) const;

 private:
  std::atomic<bool> any_{false};  // nearly always false, and asked by every checkout
  mutable std::mutex mutex_;
  std::map<std::pair<OfferId, WarehouseId>, Slots> all_;
};

// Adds to on_hand over the slots of an offer in a warehouse, or takes away: with Guard::kPromised only what is promised
// to nobody. False when there is no row, or not so much; the caller then fails.
Result<bool> change_on_hand(db::Tx& tx, const Place& place, std::int64_t delta, const Cause& cause,
                            Guard guard = Guard::kNone);
// Moves units between the slots so that each of the first `slots` has as many to sell.
Result<void> even_out(db::Tx& tx, const Place& place, Time now);

namespace sql {
Result<std::map<std::pair<OfferId, WarehouseId>, Slots>> spread(db::Tx& tx);
Result<Slots> slots_of(db::Tx& tx, OfferId offer, WarehouseId warehouse);
Result<void> set_slots(db::Tx& tx, OfferId offer, WarehouseId warehouse, Slots slots);
Result<void> forget_slots(db::Tx& tx, OfferId offer, WarehouseId warehouse);
}  // namespace sql

// Spreads the units over so many slots; 1 merges them. Repeatable. kNotFound "inventory.no_such_stock".
Result<std::vector<SlotRow>> spread_over(db::Tx& tx, Inventory& inventory, const Place& place, std::int64_t slots,
                                         Time now);

}  // namespace kontor::inventory
