// The statements of reconciliation: one look over everything, and one row's repair.
#include "shop/inventory/reconciliation.h"

namespace kontor::inventory::sql {
namespace {

using db::Home;
using db::Query;

constexpr Query kDrifts{"inventory.drifts", Home::kStock, R"sql(
  WITH history AS (
    SELECT offer_id, warehouse_id, slot, CAST(SUM(d_on_hand) AS BIGINT) AS on_hand,
           CAST(SUM(d_promised) AS BIGINT) AS promised,
           CAST(SUM(d_safety_stock) AS BIGINT) AS safety_stock, CAST(SUM(d_incoming) AS BIGINT) AS incoming,
           CAST(SUM(CASE WHEN kind = 15 THEN d_promised ELSE 0 END) AS BIGINT) AS shipped, MAX(id) AS last_id
      FROM inventory_movements GROUP BY offer_id, warehouse_id, slot),
  owed AS (
    SELECT l.offer_id, l.warehouse_id, l.slot,
           CAST(SUM(CASE WHEN h.checkout_id IS NULL THEN 0 ELSE l.quantity END) AS BIGINT) AS held,
           CAST(SUM(CASE WHEN h.checkout_id IS NULL AND l.state = 1 THEN l.quantity - l.returned ELSE 0 END)
                AS BIGINT) AS sold
      FROM inventory_reservations l LEFT JOIN inventory_holds h ON h.checkout_id = l.checkout_id
     WHERE l.quantity > 0 GROUP BY l.offer_id, l.warehouse_id, l.slot),
  places AS (
    SELECT offer_id, warehouse_id, slot FROM inventory_stock
    UNION SELECT offer_id, warehouse_id, slot FROM history
    UNION SELECT offer_id, warehouse_id, slot FROM owed)
  SELECT p.offer_id, p.warehouse_id, p.slot, s.version, COALESCE(h.last_id, 0),
         COALESCE(s.on_hand, 0), COALESCE(s.promised, 0), COALESCE(s.safety_stock, 0), COALESCE(s.incoming, 0),
         COALESCE(h.on_hand, 0), COALESCE(h.promised, 0), COALESCE(h.safety_stock, 0), COALESCE(h.incoming, 0),
         COALESCE(r.held, 0), COALESCE(r.sold, 0) + COALESCE(h.shipped, 0)
    FROM places p
    LEFT JOIN inventory_stock s ON s.offer_id = p.offer_id AND s.warehouse_id = p.warehouse_id AND s.slot = p.slot
    LEFT JOIN history h ON h.offer_id = p.offer_id AND h.warehouse_id = p.warehouse_id AND h.slot = p.slot
    LEFT JOIN owed r ON r.offer_id = p.offer_id AND r.warehouse_id = p.warehouse_id AND r.slot = p.slot
   WHERE s.version IS NULL OR COALESCE(h.last_id, 0) <> s.last_movement
      OR COALESCE(h.on_hand, 0) <> s.on_hand OR COALESCE(h.promised, 0) <> s.promised
      OR COALESCE(h.safety_stock, 0) <> s.safety_stock OR COALESCE(h.incoming, 0) <> s.incoming
      OR COALESCE(r.held, 0) + COALESCE(r.sold, 0) + COALESCE(h.shipped, 0) <> s.promised
      OR COALESCE(r.sold, 0) + COALESCE(h.shipped, 0) < 0
   ORDER BY p.offer_id, p.warehouse_id, p.slot LIMIT $1
)sql"};

constexpr Query kNoteRepair{"inventory.note_repair", Home::kStock, R"sql(
  INSERT INTO inventory_movements (offer_id, warehouse_id, slot, kind, d_on_hand, d_promised, d_safety_stock,
                                   d_incoming, reason, reference, at, previous)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'reconciliation', '', $9, $10) RETURNING id
)sql"};

// The row as it was looked at, and no other: whatever sells meanwhile raises the version.
constexpr Query kRepairRow{"inventory.repair_row", Home::kStock, R"sql(
  UPDATE inventory_stock SET on_hand = $5, promised = $6, safety_stock = $7, incoming = $8,
         version = version + 1, last_movement = $9
   WHERE offer_id = $1 AND warehouse_id = $2 AND slot = $3 AND version = $4
)sql"};

Delta delta_at(const db::Rows::Row& row, int first) {
  return {row.i64(first), row.i64(first + 1), row.i64(first + 2), row.i64(first + 3)};
}

}  // namespace

Result<std::vector<Drift>> drifts(db::Tx& tx, int limit) {
  TRY(const auto rows, tx.ask(kDrifts, limit));
  std::vector<Drift> out;
  for (const auto row : rows) {
    Drift drift;
    drift.place = {row.id<OfferId>(0), row.id<WarehouseId>(1), row.i64(2)};
    drift.row = !row.is_null(3);
    drift.version = drift.row ? row.i64(3) : 0;
    drift.last_noted = row.i64(4);
    drift.shown = delta_at(row, 5);
    drift.history = delta_at(row, 9);
    drift.held = row.i64(13);
    drift.sold = row.i64(14);
    out.push_back(drift);
  }
  return out;
}

Result<bool> repair(db::Tx& tx, const Drift& drift, Time now) {
  const Place& place = drift.place;
  const Delta right = drift.right(), was = drift.history;
  if (!drift.row) TRY_DO(make_row(tx, place));
  TRY(const auto noted,
      tx.ask(kNoteRepair, place.offer, place.warehouse, place.slot, MovementKind::kReconciled,
             right.on_hand - was.on_hand, right.promised - was.promised, right.safety_stock - was.safety_stock,
             right.incoming - was.incoming, now, drift.last_noted));
  TRY(const auto changed, tx.run(kRepairRow, place.offer, place.warehouse, place.slot, drift.version, right.on_hand,
                                 right.promised, right.safety_stock, right.incoming, noted.front().i64(0)));
  return changed == 1;
}

}  // namespace kontor::inventory::sql
