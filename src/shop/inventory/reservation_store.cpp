// The statements of reservations: their lines, and the small row by which what is held is told from what is sold.
#include <algorithm>

#include "shop/inventory/inventory_store.h"

namespace kontor::inventory::sql {
namespace {

using db::Home;
using db::Query;
using Row = db::Rows::Row;
using Sets = std::vector<std::vector<db::Param>>;

constexpr Query kNoteReservation{"inventory.note_reservation", Home::kStock, R"sql(
  INSERT INTO inventory_reservations (checkout_id, line, offer_id, warehouse_id, slot, quantity, state, returned,
                                      customer_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) ON CONFLICT (checkout_id, line) DO NOTHING
)sql"};

// What is held and what is sold differ by one small row, which goes when it is sold: most lines are never changed.
constexpr Query kHold{"inventory.hold", Home::kStock, R"sql(
  INSERT INTO inventory_holds (checkout_id) VALUES ($1)
)sql"};

constexpr Query kEndHold{"inventory.end_hold", Home::kStock, R"sql(
  DELETE FROM inventory_holds WHERE checkout_id = $1
)sql"};

// For a key that is new for sure: whether it is there already need not be asked.
constexpr Query kNoteFresh{"inventory.note_fresh_reservation", Home::kStock, R"sql(
  INSERT INTO inventory_reservations (checkout_id, line, offer_id, warehouse_id, slot, quantity, state, returned,
                                      customer_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)
)sql"};

constexpr Query kReservation{"inventory.reservation", Home::kStock, R"sql(
  SELECT r.line, r.offer_id, r.warehouse_id, r.slot, r.quantity,
         CASE WHEN h.checkout_id IS NULL THEN r.state ELSE 0 END, r.returned, r.customer_id
    FROM inventory_reservations r LEFT JOIN inventory_holds h ON h.checkout_id = $1
   WHERE r.checkout_id = $1 ORDER BY r.line
)sql"};

constexpr Query kTakeBack{"inventory.take_reservation_back", Home::kStock, R"sql(
  UPDATE inventory_reservations SET state = $2 WHERE checkout_id = $1 AND state = 1
)sql"};

// By the checkouts that hold something, which are few.
constexpr Query kHeld{"inventory.held", Home::kStock, R"sql(
  SELECT r.offer_id, r.warehouse_id, r.slot, CAST(SUM(r.quantity) AS BIGINT)
    FROM inventory_holds h CROSS JOIN inventory_reservations r
   WHERE r.checkout_id = h.checkout_id AND r.offer_id >= $1 AND r.offer_id <= $2
   GROUP BY r.offer_id, r.warehouse_id, r.slot
)sql"};

constexpr Query kNoteReturned{"inventory.note_returned", Home::kStock, R"sql(
  UPDATE inventory_reservations SET returned = returned + $3
   WHERE checkout_id = $1 AND line = $2 AND state = 1 AND quantity - returned >= $3
)sql"};

ReservationRow reservation_row(const Row& row) {
  return {row.i64(0), {row.id<OfferId>(1), row.id<WarehouseId>(2), row.i64(3)},
          row.i64(4), static_cast<ReservationState>(row.i64(5)),
          row.i64(6), row.id<CustomerId>(7)};
}

// A line that is held is written as one that is sold; see kHold.
ReservationState written(ReservationState state) {
  return state == ReservationState::kReserved ? ReservationState::kConfirmed : state;
}

}  // namespace

Result<bool> note_reservation(db::Tx& tx, CheckoutId key, std::span<const ReservationRow> rows) {
  Sets sets;
  sets.reserve(rows.size());
  for (const ReservationRow& row : rows)
    sets.push_back({key, row.line, row.place.offer, row.place.warehouse, row.place.slot, row.quantity,
                    written(row.state), row.customer});
  TRY(const auto noted, tx.run_each(kNoteReservation, sets));
  return std::all_of(noted.begin(), noted.end(), [](std::int64_t count) { return count == 1; });
}

Result<void> note_fresh(db::Tx& tx, CheckoutId key, std::span<const ReservationRow> rows) {
  for (const ReservationRow& row : rows)
    TRY_DO(tx.later(kNoteFresh, nullptr, key, row.line, row.place.offer, row.place.warehouse, row.place.slot,
                    row.quantity, written(row.state), row.customer));
  return tx.later(kHold, nullptr, key);
}

Result<void> hold(db::Tx& tx, CheckoutId key) {
  TRY_DO(tx.run(kHold, key));
  return {};
}

Result<std::vector<ReservationRow>> reservation(db::Tx& tx, CheckoutId key) {
  TRY(const auto rows, tx.ask(kReservation, key));
  std::vector<ReservationRow> out;
  out.reserve(rows.size());
  for (const auto row : rows) out.push_back(reservation_row(row));
  return out;
}

Result<std::map<CheckoutId, ReservationState>> states(db::Tx& tx, std::span<const CheckoutId> keys) {
  Sets sets;
  for (const CheckoutId key : keys) sets.push_back({key});
  TRY(const auto answers, tx.ask_each(kReservation, sets));
  std::map<CheckoutId, ReservationState> out;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (!answers[i].empty()) out[keys[i]] = reservation_row(answers[i].front()).state;
  return out;
}

Result<bool> confirm_reservation(db::Tx& tx, CheckoutId key) {
  TRY(const auto ended, tx.run(kEndHold, key));
  return ended > 0;
}

Result<void> confirm_later(db::Tx& tx, CheckoutId key, db::Tx::Check check) { return tx.later(kEndHold, check, key); }

Result<std::vector<ReservationRow>> take_back(db::Tx& tx, CheckoutId key, ReservationState to) {
  TRY(const auto ended, tx.run(kEndHold, key));
  if (ended == 0) return std::vector<ReservationRow>();
  TRY(auto out, reservation(tx, key));
  TRY(const auto taken, tx.run(kTakeBack, key, to));
  KONTOR_ASSERT(taken == static_cast<std::int64_t>(out.size()));
  for (ReservationRow& row : out) row.state = to;
  // Stock rows are always taken in key order.
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
  return out;
}

Result<Held> held(db::Tx& tx, OfferId first, OfferId last) {
  TRY(const auto rows, tx.ask(kHeld, first, last));
  Held out;
  for (const auto row : rows) out[{row.id<OfferId>(0), row.id<WarehouseId>(1), row.i64(2)}] = row.i64(3);
  return out;
}

Result<bool> note_returned(db::Tx& tx, CheckoutId key, std::int64_t line, std::int64_t quantity) {
  TRY(const auto noted, tx.run(kNoteReturned, key, line, quantity));
  return noted == 1;
}

}  // namespace kontor::inventory::sql
