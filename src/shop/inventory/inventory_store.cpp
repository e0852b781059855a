#include "shop/inventory/inventory_store.h"

#include <algorithm>
#include <array>
#include <limits>

namespace kontor::inventory::sql {
namespace {

using db::Home;
using db::Query;
using Row = db::Rows::Row;

// A movement names the one before it in its stock row, and the row names the latest: one key look-up more, and no index
// on movements.
constexpr Query kNoteMovement{"inventory.note_movement", Home::kStock, R"sql(
  INSERT INTO inventory_movements (offer_id, warehouse_id, slot, kind, d_on_hand, d_promised, d_safety_stock,
                                   d_incoming, reason, reference, at, previous)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  RETURNING id
)sql"};

constexpr Query kLastMovement{"inventory.last_movement", Home::kStock, R"sql(
  SELECT last_movement, on_hand - promised - safety_stock, low_stock_at FROM inventory_stock
   WHERE offer_id = $1 AND warehouse_id = $2 AND slot = $3
)sql"};

// The condition is here and nowhere else: two buyers of the last unit cannot both win, at any isolation level.
constexpr Query kTake{"inventory.take_stock", Home::kStock, R"sql(
  UPDATE inventory_stock SET promised = promised + $4, version = version + 1, last_movement = $5
   WHERE offer_id = $1 AND warehouse_id = $2 AND slot = $3
     AND on_hand - promised - safety_stock + CAST($6 AS BIGINT) >= $4
)sql"};

constexpr Query kMove{"inventory.move_stock", Home::kStock, R"sql(
  UPDATE inventory_stock SET on_hand = on_hand + $4, promised = promised + $5, safety_stock = safety_stock + $6,
         incoming = incoming + $7, version = version + 1, last_movement = $8
   WHERE offer_id = $1 AND warehouse_id = $2 AND slot = $3 AND on_hand + $4 >= 0 AND promised + $5 >= 0
     AND safety_stock + $6 >= 0 AND incoming + $7 >= 0
)sql"};

constexpr Query kAdjust{"inventory.adjust_stock", Home::kStock, R"sql(
  UPDATE inventory_stock SET on_hand = on_hand + $4, version = version + 1, last_movement = $5
   WHERE offer_id = $1 AND warehouse_id = $2 AND slot = $3 AND on_hand + $4 >= 0
     AND (on_hand + $4 >= promised OR $4 >= 0)
)sql"};

constexpr Query kMakeRow{"inventory.make_stock_row", Home::kStock, R"sql(
  INSERT INTO inventory_stock (offer_id, warehouse_id, slot, on_hand, promised, safety_stock, incoming, version,
                               last_movement)
  VALUES ($1, $2, $3, 0, 0, 0, 0, 0, 0) ON CONFLICT (offer_id, warehouse_id, slot) DO NOTHING
)sql"};

constexpr Query kSetIncomingAt{"inventory.set_incoming_at", Home::kStock, R"sql(
  UPDATE inventory_stock SET incoming_at = $4, version = version + 1
   WHERE offer_id = $1 AND warehouse_id = $2 AND slot = $3
)sql"};

constexpr Query kSetLowStockAt{"inventory.set_low_stock_at", Home::kStock, R"sql(
  UPDATE inventory_stock SET low_stock_at = $3, version = version + 1
   WHERE offer_id = $1 AND warehouse_id = $2 AND low_stock_at <> $3
)sql"};

// Most ask for one offer, and its statement costs half of the other's.
constexpr Query kSlotsOfOne{"inventory.slots_of_one", Home::kStock, R"sql(
  SELECT s.offer_id, s.warehouse_id, s.slot, s.on_hand, s.promised, s.safety_stock, s.incoming, s.incoming_at,
         s.version, s.low_stock_at
    FROM inventory_stock s JOIN inventory_warehouses w ON w.id = s.warehouse_id
   WHERE s.offer_id = $1 AND w.active = 1 ORDER BY s.warehouse_id, s.slot
)sql"};

// Sixteen offers at once; fewer repeat the last one.
constexpr std::size_t kOffersAtOnce = 16;
constexpr Query kSlots{"inventory.slots", Home::kStock, R"sql(
  SELECT s.offer_id, s.warehouse_id, s.slot, s.on_hand, s.promised, s.safety_stock, s.incoming, s.incoming_at,
         s.version, s.low_stock_at
    FROM inventory_stock s JOIN inventory_warehouses w ON w.id = s.warehouse_id
   WHERE s.offer_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) AND w.active = 1
   ORDER BY s.offer_id, s.warehouse_id, s.slot
)sql"};

constexpr Query kSlotsAt{"inventory.slots_at", Home::kStock, R"sql(
  SELECT offer_id, warehouse_id, slot, on_hand, promised, safety_stock, incoming, incoming_at, version, low_stock_at
    FROM inventory_stock WHERE offer_id = $1 AND warehouse_id = $2 ORDER BY slot
)sql"};

constexpr Query kSlot{"inventory.slot", Home::kStock, R"sql(
  SELECT offer_id, warehouse_id, slot, on_hand, promised, safety_stock, incoming, incoming_at, version, low_stock_at
    FROM inventory_stock WHERE offer_id = $1 AND warehouse_id = $2 AND slot = $3
)sql"};

constexpr Query kFigure{"inventory.figure", Home::kStock, R"sql(
  SELECT COUNT(*),
         CAST(COALESCE(SUM(CASE WHEN w.active = 1 THEN s.on_hand - s.promised - s.safety_stock
                                ELSE 0 END), 0) AS BIGINT),
         CAST(COALESCE(SUM(s.on_hand), 0) AS BIGINT)
    FROM inventory_stock s JOIN inventory_warehouses w ON w.id = s.warehouse_id WHERE s.offer_id = $1
)sql"};

constexpr Query kWarehouses{"inventory.warehouses", Home::kStock, R"sql(
  SELECT id, code, name, latitude_e6, longitude_e6, processing_hours, active, country, postal_code, daily_capacity
    FROM inventory_warehouses ORDER BY id
)sql"};

constexpr Query kActiveWarehouses{"inventory.active_warehouses", Home::kStock, R"sql(
  SELECT id, latitude_e6, longitude_e6, processing_hours, country, postal_code, daily_capacity
    FROM inventory_warehouses WHERE active = 1 ORDER BY id
)sql"};

constexpr Query kWarehouseExists{"inventory.warehouse_exists", Home::kStock, R"sql(
  SELECT id FROM inventory_warehouses WHERE id = $1
)sql"};

constexpr Query kAddWarehouse{"inventory.add_warehouse", Home::kStock, R"sql(
  INSERT INTO inventory_warehouses (id, code, name, latitude_e6, longitude_e6, processing_hours, active, country,
                                    postal_code, daily_capacity)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
)sql"};

constexpr Query kChangeWarehouse{"inventory.change_warehouse", Home::kStock, R"sql(
  UPDATE inventory_warehouses SET name = $2, latitude_e6 = $3, longitude_e6 = $4, processing_hours = $5, active = $6,
         country = $7, postal_code = $8, daily_capacity = $9
   WHERE id = $1
)sql"};

constexpr Query kLoad{"inventory.load", Home::kStock, R"sql(
  SELECT CAST(COALESCE(SUM(promised), 0) AS BIGINT) FROM inventory_stock WHERE warehouse_id = $1
)sql"};

constexpr Query kLoads{"inventory.loads", Home::kStock, R"sql(
  SELECT warehouse_id, CAST(SUM(promised) AS BIGINT) FROM inventory_stock GROUP BY warehouse_id
)sql"};

constexpr Query kBuy{"inventory.buy", Home::kStock, R"sql(
  INSERT INTO inventory_purchases (customer_id, offer_id, quantity) VALUES ($1, $2, $3)
  ON CONFLICT (customer_id, offer_id) DO UPDATE SET quantity = inventory_purchases.quantity + excluded.quantity
   WHERE inventory_purchases.quantity + excluded.quantity <= CAST($4 AS BIGINT)
)sql"};

constexpr Query kGiveBack{"inventory.give_purchase_back", Home::kStock, R"sql(
  UPDATE inventory_purchases SET quantity = quantity - $3 WHERE customer_id = $1 AND offer_id = $2
)sql"};

constexpr Query kBought{"inventory.bought", Home::kStock, R"sql(
  SELECT quantity FROM inventory_purchases WHERE customer_id = $1 AND offer_id = $2
)sql"};

constexpr Query kNoteEffect{"inventory.note_effect", Home::kStock, R"sql(
  INSERT INTO inventory_effects (reference, kind, at) VALUES ($1, $2, $3) ON CONFLICT (reference, kind) DO NOTHING
)sql"};

constexpr Query kRows{"inventory.rows", Home::kStock, R"sql(
  SELECT offer_id, warehouse_id, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(promised) AS BIGINT),
         CAST(SUM(safety_stock) AS BIGINT), CAST(SUM(incoming) AS BIGINT), MIN(incoming_at),
         CAST(SUM(version) AS BIGINT), MAX(low_stock_at)
    FROM inventory_stock WHERE offer_id = $1 GROUP BY offer_id, warehouse_id ORDER BY offer_id, warehouse_id
)sql"};

constexpr Query kRowsOf{"inventory.rows_of", Home::kStock, R"sql(
  SELECT offer_id, warehouse_id, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(promised) AS BIGINT),
         CAST(SUM(safety_stock) AS BIGINT), CAST(SUM(incoming) AS BIGINT), MIN(incoming_at),
         CAST(SUM(version) AS BIGINT), MAX(low_stock_at)
    FROM inventory_stock WHERE offer_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
   GROUP BY offer_id, warehouse_id ORDER BY offer_id, warehouse_id
)sql"};

constexpr Query kRowsAfter{"inventory.rows_after", Home::kStock, R"sql(
  SELECT offer_id, warehouse_id, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(promised) AS BIGINT),
         CAST(SUM(safety_stock) AS BIGINT), CAST(SUM(incoming) AS BIGINT), MIN(incoming_at),
         CAST(SUM(version) AS BIGINT), MAX(low_stock_at)
    FROM inventory_stock WHERE (offer_id, warehouse_id) > ($1, $2)
   GROUP BY offer_id, warehouse_id ORDER BY offer_id, warehouse_id LIMIT $3
)sql"};

constexpr Query kMovementsOf{"inventory.movements_of", Home::kStock, R"sql(
  WITH RECURSIVE chain (id, kind, d_on_hand, d_promised, d_safety_stock, d_incoming, reason, reference, at, previous,
                        length) AS (
    SELECT id, kind, d_on_hand, d_promised, d_safety_stock, d_incoming, reason, reference, at, previous,
           CAST(CASE WHEN id < $3 THEN 1 ELSE 0 END AS BIGINT) FROM inventory_movements WHERE id = $1
    UNION ALL
    SELECT m.id, m.kind, m.d_on_hand, m.d_promised, m.d_safety_stock, m.d_incoming, m.reason, m.reference, m.at,
           m.previous, chain.length + CASE WHEN m.id < $3 THEN 1 ELSE 0 END
      FROM chain JOIN inventory_movements m ON m.id = chain.previous WHERE chain.length < $2)
  SELECT id, kind, d_on_hand, d_promised, d_safety_stock, d_incoming, reason, reference, at, previous
    FROM chain WHERE id < $3 ORDER BY id DESC
)sql"};

constexpr Query kMovementBefore{"inventory.movement_before", Home::kStock, R"sql(
  SELECT previous FROM inventory_movements WHERE id = $1 AND offer_id = $2 AND warehouse_id = $3
)sql"};

// The figures of a row, which stand side by side from column `first` on.
template <class T>
void read_figures(const Row& row, std::size_t first, T& out) {
  out.on_hand = row.i64(first);
  out.promised = row.i64(first + 1);
  out.safety_stock = row.i64(first + 2);
  out.incoming = row.i64(first + 3);
  if (!row.is_null(first + 4)) out.incoming_at = row.time(first + 4);
  out.version = row.i64(first + 5);
  out.low_stock_at = row.i64(first + 6);
}

SlotRow slot_row(const Row& row) {
  SlotRow out;
  out.place = {row.id<OfferId>(0), row.id<WarehouseId>(1), row.i64(2)};
  read_figures(row, 3, out);
  return out;
}

ShelfRow shelf_row(const Row& row) {
  ShelfRow out;
  out.offer = row.id<OfferId>(0);
  out.warehouse = row.id<WarehouseId>(1);
  read_figures(row, 2, out);
  return out;
}

template <class T, class Read>
std::vector<T> all(const db::Rows& rows, Read read) {
  std::vector<T> out;
  out.reserve(rows.size());
  for (const auto row : rows) out.push_back(read(row));
  return out;
}

std::array<db::Param, kOffersAtOnce> group_of(std::span<const OfferId> offers, std::size_t at) {
  std::array<db::Param, kOffersAtOnce> out;
  for (std::size_t i = 0; i < kOffersAtOnce; ++i) out[i] = offers[std::min(at + i, offers.size() - 1)];
  return out;
}

Result<std::int64_t> update(db::Tx& tx, const Place& p, const Delta& d, std::int64_t movement, Guard guard) {
  switch (guard) {
    case Guard::kPromised:
      KONTOR_ASSERT(d.promised == 0 && d.safety_stock == 0 && d.incoming == 0);
      return tx.run(kAdjust, p.offer, p.warehouse, p.slot, d.on_hand, movement);
    case Guard::kNone:
      break;
  }
  return tx.run(kMove, p.offer, p.warehouse, p.slot, d.on_hand, d.promised, d.safety_stock, d.incoming, movement);
}

using Sets = std::vector<std::vector<db::Param>>;

std::vector<db::Param> movement(const Place& place, const Delta& delta, const Cause& cause, std::int64_t last) {
  return {place.offer,        place.warehouse, place.slot,   cause.kind,      delta.on_hand, delta.promised,
          delta.safety_stock, delta.incoming,  cause.reason, cause.reference, cause.at,      last};
}

template <class T>
Result<std::vector<db::Rows>> last_movements(db::Tx& tx, std::span<const T> of) {
  Sets places;
  places.reserve(of.size());
  for (const T& one : of) places.push_back({one.place.offer, one.place.warehouse, one.place.slot});
  return tx.ask_each(kLastMovement, places);
}

}  // namespace

Result<bool> move(db::Tx& tx, const Place& place, const Delta& delta, const Cause& cause, Guard guard) {
  TRY(const auto rows, tx.ask(kLastMovement, place.offer, place.warehouse, place.slot));
  if (rows.empty()) return false;
  const auto params = movement(place, delta, cause, rows.front().i64(0));
  TRY(const auto noted, tx.insert_params(kNoteMovement, params));
  TRY(const auto changed, update(tx, place, delta, noted, guard));
  KONTOR_ASSERT(changed <= 1);
  return changed == 1;
}

Result<std::optional<Looked>> look_each(db::Tx& tx, std::span<const Taking> takings, const Cause& cause) {
  TRY(const auto last, last_movements(tx, takings));
  Looked out;
  Sets movements;
  for (std::size_t i = 0; i < takings.size(); ++i) {
    const Taking& taking = takings[i];
    KONTOR_ASSERT(taking.quantity > 0);
    // Where there is not enough the statement would say the same, and dearer.
    if (last[i].empty()) return std::nullopt;
    const auto row = last[i].front();
    if (row.i64(1) - taking.quantity + taking.room < 0) return std::nullopt;
    movements.push_back(movement(taking.place, Delta{.promised = taking.quantity}, cause, row.i64(0)));
    out.left.push_back({row.i64(1) - taking.quantity, row.i64(2)});
  }
  TRY(out.movements, tx.insert_each(kNoteMovement, movements));
  return out;
}

Result<std::vector<bool>> take_each(db::Tx& tx, std::span<const Taking> takings, const Looked& looked) {
  Sets updates;
  for (std::size_t i = 0; i < takings.size(); ++i) {
    const auto& [p, quantity, room] = takings[i];
    updates.push_back({p.offer, p.warehouse, p.slot, quantity, looked.movements[i], room});
  }
  TRY(const auto changed, tx.run_each(kTake, updates));
  std::vector<bool> out;
  for (const std::int64_t rows : changed) out.push_back(rows == 1);
  return out;
}

Result<void> make_row(db::Tx& tx, const Place& place) {
  TRY_DO(tx.run(kMakeRow, place.offer, place.warehouse, place.slot));
  return {};
}

Result<void> set_incoming_at(db::Tx& tx, const Place& place, std::optional<Time> at) {
  TRY_DO(tx.run(kSetIncomingAt, place.offer, place.warehouse, place.slot, at));
  return {};
}

Result<bool> set_low_stock_at(db::Tx& tx, const Place& place, std::int64_t at) {
  TRY(const auto changed, tx.run(kSetLowStockAt, place.offer, place.warehouse, at));
  return changed > 0;
}

Result<std::vector<SlotRow>> slots(db::Tx& tx, std::span<const OfferId> offers) {
  if (offers.size() == 1) {
    TRY(const auto found, tx.ask(kSlotsOfOne, offers.front()));
    return all<SlotRow>(found, slot_row);
  }
  std::vector<SlotRow> out;
  for (std::size_t at = 0; at < offers.size(); at += kOffersAtOnce) {
    const auto group = group_of(offers, at);
    TRY(const auto found, tx.ask_params(kSlots, group));
    for (const auto row : found) out.push_back(slot_row(row));
  }
  return out;
}

Result<std::vector<SlotRow>> slots_at(db::Tx& tx, OfferId offer, WarehouseId warehouse) {
  TRY(const auto rows, tx.ask(kSlotsAt, offer, warehouse));
  return all<SlotRow>(rows, slot_row);
}

Result<std::optional<SlotRow>> slot(db::Tx& tx, const Place& place) {
  TRY(const auto rows, tx.ask(kSlot, place.offer, place.warehouse, place.slot));
  if (rows.empty()) return std::nullopt;
  return slot_row(rows.front());
}

Result<std::optional<StockFigure>> figure(db::Tx& tx, OfferId offer) {
  TRY(const auto rows, tx.ask(kFigure, offer));
  if (rows.front().i64(0) == 0) return std::nullopt;
  return StockFigure{offer, rows.front().i64(1), rows.front().i64(2)};
}

Result<std::vector<Warehouse>> warehouses(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kWarehouses));
  return all<Warehouse>(rows, [](const Row& row) {
    return Warehouse{row.id<WarehouseId>(0),
                     row.str(1),
                     row.str(2),
                     row.i64(3),
                     row.i64(4),
                     row.i64(5),
                     row.flag(6),
                     row.str(7),
                     row.str(8),
                     row.i64(9)};
  });
}

Result<std::vector<Warehouse>> active_warehouses(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kActiveWarehouses));
  return all<Warehouse>(rows, [](const Row& row) {
    Warehouse out;
    out.id = row.id<WarehouseId>(0);
    out.latitude_e6 = row.i64(1);
    out.longitude_e6 = row.i64(2);
    out.processing_hours = row.i64(3);
    out.country = row.str(4);
    out.postal_code = row.str(5);
    out.daily_capacity = row.i64(6);
    return out;
  });
}

Result<bool> warehouse_exists(db::Tx& tx, WarehouseId id) {
  TRY(const auto rows, tx.ask(kWarehouseExists, id));
  return !rows.empty();
}

Result<void> add_warehouse(db::Tx& tx, const Warehouse& w) {
  TRY_DO(tx.run(kAddWarehouse, w.id, w.code, w.name, w.latitude_e6, w.longitude_e6, w.processing_hours, w.active,
                w.country, w.postal_code, w.daily_capacity));
  return {};
}

Result<void> change_warehouse(db::Tx& tx, const Warehouse& w) {
  TRY_DO(tx.run(kChangeWarehouse, w.id, w.name, w.latitude_e6, w.longitude_e6, w.processing_hours, w.active, w.country,
                w.postal_code, w.daily_capacity));
  return {};
}

Result<std::int64_t> load(db::Tx& tx, WarehouseId warehouse) {
  TRY(const auto rows, tx.ask(kLoad, warehouse));
  return rows.front().i64(0);
}

Result<std::map<WarehouseId, std::int64_t>> loads(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kLoads));
  std::map<WarehouseId, std::int64_t> out;
  for (const auto row : rows) out[row.id<WarehouseId>(0)] = row.i64(1);
  return out;
}

Result<bool> buy(db::Tx& tx, CustomerId customer, const Demand& demand) {
  if (demand.quantity > demand.purchase_limit) return false;
  TRY(const auto counted, tx.run(kBuy, customer, demand.offer, demand.quantity, demand.purchase_limit));
  return counted == 1;
}

Result<void> give_back(db::Tx& tx, CustomerId customer, OfferId offer, std::int64_t quantity) {
  TRY(const auto counted, tx.run(kGiveBack, customer, offer, quantity));
  KONTOR_ASSERT(counted == 1);  // what a reservation counts is there
  return {};
}

Result<std::int64_t> bought(db::Tx& tx, CustomerId customer, OfferId offer) {
  TRY(const auto rows, tx.ask(kBought, customer, offer));
  return rows.empty() ? 0 : rows.front().i64(0);
}

Result<std::vector<std::int64_t>> bought(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers) {
  std::vector<std::vector<db::Param>> sets;
  for (const OfferId offer : offers) sets.push_back({customer, offer});
  TRY(const auto found, tx.ask_each(kBought, sets));
  std::vector<std::int64_t> out;
  for (const auto& rows : found) out.push_back(rows.empty() ? 0 : rows.front().i64(0));
  return out;
}

Result<bool> note_effect(db::Tx& tx, std::string_view reference, MovementKind kind, Time now) {
  TRY(const auto noted, tx.run(kNoteEffect, reference, kind, now));
  return noted == 1;
}

Result<std::vector<ShelfRow>> rows(db::Tx& tx, OfferId offer) {
  TRY(const auto found, tx.ask(kRows, offer));
  return all<ShelfRow>(found, shelf_row);
}

Result<ShelfRow> row(db::Tx& tx, OfferId offer, WarehouseId warehouse) {
  TRY(const auto found, rows(tx, offer));
  for (const ShelfRow& one : found)
    if (one.warehouse == warehouse) return one;
  return fail(Errc::kNotFound, "inventory.no_such_stock", "This offer has no stock row in this warehouse.");
}

Result<std::vector<ShelfRow>> rows(db::Tx& tx, std::span<const OfferId> offers) {
  std::vector<ShelfRow> out;
  for (std::size_t at = 0; at < offers.size(); at += kOffersAtOnce) {
    const auto group = group_of(offers, at);
    TRY(const auto found, tx.ask_params(kRowsOf, group));
    for (const auto& row : found) out.push_back(shelf_row(row));
  }
  return out;
}

Result<std::vector<ShelfRow>> rows_after(db::Tx& tx, OfferId offer, WarehouseId warehouse, int limit) {
  TRY(const auto found, tx.ask(kRowsAfter, offer, warehouse, limit));
  return all<ShelfRow>(found, shelf_row);
}

Result<std::vector<Movement>> movements(db::Tx& tx, OfferId offer, WarehouseId warehouse, std::int64_t before,
                                        int limit) {
  TRY(const auto rows, slots_at(tx, offer, warehouse));
  if (rows.empty())
    return fail(Errc::kNotFound, "inventory.no_such_stock", "This offer has no stock row in this warehouse.");
  const std::int64_t bound = before == 0 ? std::numeric_limits<std::int64_t>::max() : before;
  std::vector<Movement> out;
  for (const SlotRow& row : rows) {
    // A row that was never spread is followed from where the page before ended, not from its newest.
    TRY(const auto start, before == 0 || rows.size() > 1 ? tx.ask(kLastMovement, offer, warehouse, row.place.slot)
                                                         : tx.ask(kMovementBefore, before, offer, warehouse));
    if (start.empty())
      return fail(Errc::kNotFound, "inventory.no_such_stock", "This offer has no stock row in this warehouse.");
    TRY(const auto found, tx.ask(kMovementsOf, start.front().i64(0), limit, bound));
    for (const auto one : found)
      out.push_back({one.i64(0), static_cast<MovementKind>(one.i64(1)), one.i64(2), one.i64(3), one.i64(4), one.i64(5),
                     one.str(6), one.str(7), one.time(8)});
  }
  std::sort(out.begin(), out.end(), [](const Movement& a, const Movement& b) { return a.id > b.id; });
  if (out.size() > static_cast<std::size_t>(limit)) out.resize(static_cast<std::size_t>(limit));
  return out;
}

}  // namespace kontor::inventory::sql
