// All SQL of inventory, one function a statement or a fixed pair. A change of stock is always a movement row and an
// UPDATE of the columns it names, made together by move(); the rows of one stock row are chained (`previous`), so that
// its history is read without an index that every sale would have to dirty.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "shop/inventory/inventory.h"

namespace kontor::inventory {

// The key of a stock row.
struct Place {
  OfferId offer;
  WarehouseId warehouse;
  std::int64_t slot = 0;
  auto operator<=>(const Place&) const = default;
};

// What a change adds to each column.
struct Delta {
  std::int64_t on_hand = 0;
  std::int64_t promised = 0;
  std::int64_t safety_stock = 0;
  std::int64_t incoming = 0;
};

struct Cause {
  MovementKind kind;
  std::string_view reason;
  std::string_view reference;
  Time at;
};

// A condition of the UPDATE, beside "no column below zero".
enum class Guard {
  kNone,
  kPromised,  // on_hand >= promised after the change
};

// So many units for a reservation; `room` is how far below zero the row may be sold.
struct Taking {
  Place place;
  std::int64_t quantity = 0;
  std::int64_t room = 0;
};
// What a row has after units were taken from it.
struct Left {
  std::int64_t sellable = 0;
  std::int64_t low_stock_at = 0;
};

// A row of stock as planning sees it.
struct SlotRow {
  Place place;
  std::int64_t on_hand = 0;
  std::int64_t promised = 0;
  std::int64_t safety_stock = 0;
  std::int64_t incoming = 0;
  std::optional<Time> incoming_at;
  std::int64_t version = 0;
  std::int64_t low_stock_at = 0;
  std::int64_t sellable() const { return on_hand - promised - safety_stock; }
};

struct ReservationRow {
  std::int64_t line = 0;
  Place place;
  std::int64_t quantity = 0;
  ReservationState state = ReservationState::kReserved;
  std::int64_t returned = 0;
  CustomerId customer = {};  // who it counts for, where the offer has a purchase limit
};

Error below_promised(const ShelfRow& row);

namespace sql {

// False when there is no such row, or the condition does not hold; the caller then fails, which undoes the movement.
Result<bool> move(db::Tx& tx, const Place& place, const Delta& delta, const Cause& cause, Guard guard = Guard::kNone);
// What each row will have left, with the movements noted. Nothing where one has not enough (sellable + room); then
// nothing is noted. Each row at most once.
struct Looked {
  std::vector<Left> left;
  std::vector<std::int64_t> movements;
};
Result<std::optional<Looked>> look_each(db::Tx& tx, std::span<const Taking> takings, const Cause& cause);
// What was looked at is taken. The condition is in the statement; where a row refuses, the caller fails, which undoes
// the others.
Result<std::vector<bool>> take_each(db::Tx& tx, std::span<const Taking> takings, const Looked& looked);
Result<void> make_row(db::Tx& tx, const Place& place);  // all zero; one that is there stays
Result<void> set_incoming_at(db::Tx& tx, const Place& place, std::optional<Time> at);
// Of all slots; whether it was another.
Result<bool> set_low_stock_at(db::Tx& tx, const Place& place, std::int64_t at);
// Of active warehouses; for ascending offers in key order.
Result<std::vector<SlotRow>> slots(db::Tx& tx, std::span<const OfferId> offers);
Result<std::vector<SlotRow>> slots_at(db::Tx& tx, OfferId offer, WarehouseId warehouse);
Result<std::optional<SlotRow>> slot(db::Tx& tx, const Place& place);
Result<std::optional<StockFigure>> figure(db::Tx& tx, OfferId offer);

Result<std::vector<Warehouse>> warehouses(db::Tx& tx);
// By id, without their names: every checkout asks.
Result<std::vector<Warehouse>> active_warehouses(db::Tx& tx);
Result<bool> warehouse_exists(db::Tx& tx, WarehouseId id);
Result<void> add_warehouse(db::Tx& tx, const Warehouse& warehouse);
Result<void> change_warehouse(db::Tx& tx, const Warehouse& warehouse);  // all but its code
// Reserved or sold in the warehouse and not shipped: reads every row of stock.
Result<std::int64_t> load(db::Tx& tx, WarehouseId warehouse);
Result<std::map<WarehouseId, std::int64_t>> loads(db::Tx& tx);  // the same for all of them

// False when the key has one of these lines already. What is reserved needs a hold as well.
Result<bool> note_reservation(db::Tx& tx, CheckoutId key, std::span<const ReservationRow> rows);
Result<void> hold(db::Tx& tx, CheckoutId key);
// Both with what is asked next, under a key that cannot have any: else kConflict "db.duplicate".
Result<void> note_fresh(db::Tx& tx, CheckoutId key, std::span<const ReservationRow> rows);
Result<std::vector<ReservationRow>> reservation(db::Tx& tx, CheckoutId key);
// Of those that have rows, which all share one state; in one round trip.
Result<std::map<CheckoutId, ReservationState>> states(db::Tx& tx, std::span<const CheckoutId> keys);
// Whether there was something to confirm. What is promised stays promised: no row of stock changes.
Result<bool> confirm_reservation(db::Tx& tx, CheckoutId key);
// The same with what is asked next.
Result<void> confirm_later(db::Tx& tx, CheckoutId key, db::Tx::Check check);
// The rows of the key that went from reserved to `to`, by place.
Result<std::vector<ReservationRow>> take_back(db::Tx& tx, CheckoutId key, ReservationState to);
// Of these offers; reads what all checkouts hold.
Result<Held> held(db::Tx& tx, OfferId first, OfferId last);
// False when less than `quantity` of the line is still allocated to the key.
Result<bool> note_returned(db::Tx& tx, CheckoutId key, std::int64_t line, std::int64_t quantity);
// False when the effect of this kind was noted under the reference before.
Result<bool> note_effect(db::Tx& tx, std::string_view reference, MovementKind kind, Time now);

// False when the customer would hold more of the offer than its purchase limit. The condition is in the statement.
Result<bool> buy(db::Tx& tx, CustomerId customer, const Demand& demand);
Result<void> give_back(db::Tx& tx, CustomerId customer, OfferId offer, std::int64_t quantity);
Result<std::int64_t> bought(db::Tx& tx, CustomerId customer, OfferId offer);
Result<std::vector<std::int64_t>> bought(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers);

Result<std::vector<ShelfRow>> rows(db::Tx& tx, OfferId offer);
Result<ShelfRow> row(db::Tx& tx, OfferId offer, WarehouseId warehouse);  // kNotFound "inventory.no_such_stock"
Result<std::vector<ShelfRow>> rows(db::Tx& tx, std::span<const OfferId> offers);
Result<std::vector<ShelfRow>> rows_after(db::Tx& tx, OfferId offer, WarehouseId warehouse, int limit);
// The newest movements of an offer in a warehouse before `before` (0: all), by following the chain of each slot.
// kNotFound "inventory.no_such_stock".
Result<std::vector<Movement>> movements(db::Tx& tx, OfferId offer, WarehouseId warehouse, std::int64_t before,
                                        int limit);

Result<void> check(db::Tx& tx, services::CheckReport& report);

}  // namespace sql
}  // namespace kontor::inventory
