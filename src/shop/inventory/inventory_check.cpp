// The invariants of stock, over the whole store: each query answers the rows that break
// one, and there should be none.
#include "shop/inventory/inventory_store.h"

namespace kontor::inventory::sql {
namespace {

using db::Home;
using db::Query;

constexpr Query kCount{"inventory.check_count", Home::kStock, "SELECT COUNT(*) FROM inventory_stock"};

constexpr Query kBelowZero{"inventory.check_below_zero", Home::kStock, R"sql(
  SELECT offer_id, warehouse_id, slot FROM inventory_stock
   WHERE on_hand < 0 OR promised < 0 OR safety_stock < 0 OR incoming < 0
)sql"};

constexpr Query kMovementsAddUp{"inventory.check_movements", Home::kStock, R"sql(
  SELECT s.offer_id, s.warehouse_id, s.slot
    FROM inventory_stock s LEFT JOIN (
      SELECT offer_id, warehouse_id, slot, SUM(d_on_hand) AS on_hand, SUM(d_promised) AS promised,
             SUM(d_safety_stock) AS safety_stock, SUM(d_incoming) AS incoming, MAX(id) AS last_id
        FROM inventory_movements GROUP BY offer_id, warehouse_id, slot) m
      ON m.offer_id = s.offer_id AND m.warehouse_id = s.warehouse_id AND m.slot = s.slot
   WHERE COALESCE(m.on_hand, 0) <> s.on_hand OR COALESCE(m.promised, 0) <> s.promised
      OR COALESCE(m.safety_stock, 0) <> s.safety_stock OR COALESCE(m.incoming, 0) <> s.incoming
      OR COALESCE(m.last_id, 0) <> s.last_movement
)sql"};

constexpr Query kMovementsWithoutRow{"inventory.check_orphans", Home::kStock, R"sql(
  SELECT DISTINCT m.offer_id, m.warehouse_id, m.slot FROM inventory_movements m LEFT JOIN inventory_stock s
      ON m.offer_id = s.offer_id AND m.warehouse_id = s.warehouse_id AND m.slot = s.slot
   WHERE s.offer_id IS NULL
)sql"};

constexpr Query kPromisedAddsUp{"inventory.check_promised", Home::kStock, R"sql(
  SELECT s.offer_id, s.warehouse_id, s.slot
    FROM inventory_stock s LEFT JOIN (
      SELECT l.offer_id, l.warehouse_id, l.slot,
             SUM(CASE WHEN h.checkout_id IS NULL THEN 0 ELSE l.quantity END) AS reserved,
             SUM(CASE WHEN h.checkout_id IS NULL THEN l.quantity - l.returned ELSE 0 END) AS sold
        FROM inventory_reservations l LEFT JOIN inventory_holds h ON h.checkout_id = l.checkout_id
       WHERE l.state = 1 GROUP BY l.offer_id, l.warehouse_id, l.slot) r
      ON r.offer_id = s.offer_id AND r.warehouse_id = s.warehouse_id AND r.slot = s.slot
    LEFT JOIN (
      SELECT offer_id, warehouse_id, slot, SUM(d_promised) AS shipped
        FROM inventory_movements WHERE kind = 15 GROUP BY offer_id, warehouse_id, slot) m
      ON m.offer_id = s.offer_id AND m.warehouse_id = s.warehouse_id AND m.slot = s.slot
   WHERE COALESCE(r.reserved, 0) + COALESCE(r.sold, 0) + COALESCE(m.shipped, 0) <> s.promised
      OR COALESCE(r.sold, 0) + COALESCE(m.shipped, 0) < 0
)sql"};

constexpr Query kPromises{"inventory.check_promises", Home::kStock, R"sql(
  SELECT r.offer_id, r.warehouse_id, r.slot FROM inventory_reservations r LEFT JOIN inventory_stock s
      ON r.offer_id = s.offer_id AND r.warehouse_id = s.warehouse_id AND r.slot = s.slot
   WHERE r.quantity > 0 AND s.offer_id IS NULL
)sql"};

// The customer stands in the place of the slot.
constexpr Query kPurchasesAddUp{"inventory.check_purchases", Home::kStock, R"sql(
  SELECT p.offer_id, 0, p.customer_id FROM inventory_purchases p LEFT JOIN (
      SELECT customer_id, offer_id, SUM(quantity - returned) AS held FROM inventory_reservations
       WHERE customer_id <> 0 AND state = 1 GROUP BY customer_id, offer_id) r
      ON r.customer_id = p.customer_id AND r.offer_id = p.offer_id
   WHERE COALESCE(r.held, 0) <> p.quantity
  UNION ALL
  SELECT r.offer_id, 0, r.customer_id FROM inventory_reservations r LEFT JOIN inventory_purchases p
      ON p.customer_id = r.customer_id AND p.offer_id = r.offer_id
   WHERE r.customer_id <> 0 AND r.state = 1 AND p.offer_id IS NULL
)sql"};

// A hold is of lines that are not given back, none of which has been returned.
constexpr Query kHolds{"inventory.check_holds", Home::kStock, R"sql(
  SELECT h.checkout_id FROM inventory_holds h LEFT JOIN inventory_reservations r ON r.checkout_id = h.checkout_id
   WHERE r.checkout_id IS NULL OR r.state <> 1 OR r.returned <> 0
)sql"};

struct Rule {
  std::string_view invariant;
  const Query* query;
};
constexpr Rule kRules[] = {
    {"inventory.no_column_below_zero", &kBelowZero},           {"inventory.movements_add_up", &kMovementsAddUp},
    {"inventory.movements_have_a_row", &kMovementsWithoutRow}, {"inventory.reservations_add_up", &kPromisedAddsUp},
    {"inventory.reservations_have_a_row", &kPromises},         {"inventory.purchases_add_up", &kPurchasesAddUp},
};

}  // namespace

Result<void> check(db::Tx& tx, services::CheckReport& report) {
  TRY(const auto count, tx.ask(kCount));
  report.looked_at("stock rows", count.front().i64(0));
  for (const Rule& rule : kRules) {
    TRY(const auto rows, tx.ask(*rule.query));
    for (const auto row : rows)
      report.fail(rule.invariant, row.id<OfferId>(0).text() + " in " + row.id<WarehouseId>(1).text() + ", slot " +
                                      std::to_string(row.i64(2)));
  }
  TRY(const auto holds, tx.ask(kHolds));
  for (const auto row : holds) report.fail("inventory.holds_have_lines", row.id<CheckoutId>(0).text());
  return {};
}

}  // namespace kontor::inventory::sql
