// Warehouses and stock: what is there, what is set aside, what is sold and not shipped. Exact, in the home `stock`.
// Per offer, warehouse and slot: sellable = on_hand − reserved − allocated − safety_stock. Every change is a movement row, and the
// movements add up to the columns (kontor check). The condition is always in the UPDATE, never read before.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"

namespace kontor::inventory {

// So many units of one offer.
struct Demand {
  OfferId offer;
  std::int64_t quantity = 0;
  std::int64_t backorder = 0;  // how far below zero the offer may be sold
};

// Where a reservation took its units.
struct Allotment {
  OfferId offer;
  WarehouseId warehouse;
  std::int64_t quantity = 0;
};

// One checkout's wish: everything or nothing. `key` is the checkout's id and makes repeating harmless.
struct ReserveRequest {
  CheckoutId key;
  std::vector<Demand> lines;  // summed per offer by the callee
};

// A line that could not be had; sits in Error::members as {"lines":[{offer_id, requested, available}]}.
struct Shortage {
  OfferId offer;
  std::int64_t requested = 0;
  std::int64_t available = 0;
};

struct StockFigure {
  OfferId offer;
  std::int64_t sellable = 0;  // over all warehouses and slots, backorder not counted
  std::int64_t on_hand = 0;
};

// Functions on a Tx run inside the caller's write function (home stock).
class Inventory {
 public:
  Inventory(db::Store& store, Clock& clock, IdSource& ids) : store_(store), clock_(clock), ids_(ids) {}

  // Sets the lines aside under the key. Repeating it while it holds answers the same allotments; a key that was released or
  // expired (or left a tombstone) is kConflict "inventory.reservation_gone". Not enough: kOutOfStock "inventory.out_of_stock".
  Result<std::vector<Allotment>> reserve(db::Tx& tx, const ReserveRequest& request, Time now);
  // reserved → allocated, once; repeating is harmless. A released key is kConflict "inventory.reservation_gone".
  Result<void> confirm(db::Tx& tx, CheckoutId key, Time now);
  // Gives a reservation back. Releasing an unknown key leaves a tombstone, so that a late reserve is refused. Repeatable.
  Result<void> release(db::Tx& tx, CheckoutId key, Time now);
  // Cancelled after confirm: allocated falls, for these units of the key. Repeatable by `reference`.
  Result<void> deallocate(db::Tx& tx, CheckoutId key, std::span<const Allotment> units, const std::string& reference, Time now);
  // Left the house: on_hand and allocated fall. Repeatable by `reference` (the shipment's id).
  Result<void> ship(db::Tx& tx, std::span<const Allotment> units, const std::string& reference, Time now);

  // Exact figures; offers without stock rows are left out.
  Result<std::vector<StockFigure>> figures(std::span<const OfferId> offers);

 private:
  db::Store& store_;
  Clock& clock_;
  IdSource& ids_;
};

}  // namespace kontor::inventory
