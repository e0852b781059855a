#include "shop/fulfilment/fulfilment_store.h"

namespace kontor::fulfilment {

const db::Query kInsertShipment{"fulfilment.insert", db::Home::kCustomer, R"sql(
  INSERT INTO fulfilment_shipments (id, order_id, warehouse_id, state, items, stock_due, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, 0, $6, $6)
)sql"};

const db::Query kFindShipment{"fulfilment.find", db::Home::kCustomer, R"sql(
  SELECT id, order_id, warehouse_id, state, carrier, tracking_number, items, created_at, updated_at
    FROM fulfilment_shipments WHERE id = $1
)sql"};

// The state is compared: two clerks cannot both take the same step.
const db::Query kMoveShipment{"fulfilment.move", db::Home::kCustomer, R"sql(
  UPDATE fulfilment_shipments
     SET state = $3, carrier = COALESCE($4, carrier), tracking_number = COALESCE($5, tracking_number), stock_due = $6,
         updated_at = $7
   WHERE id = $1 AND state = $2
)sql"};

const db::Query kChangeItems{"fulfilment.change_items", db::Home::kCustomer, R"sql(
  UPDATE fulfilment_shipments SET items = $3, updated_at = $4 WHERE id = $1 AND state = $2
)sql"};

const db::Query kShipmentsOfOrder{"fulfilment.of_order", db::Home::kCustomer, R"sql(
  SELECT id, order_id, warehouse_id, state, carrier, tracking_number, items, created_at, updated_at
    FROM fulfilment_shipments WHERE order_id = $1 ORDER BY id
)sql"};

const db::Query kShipmentsBefore{"fulfilment.before", db::Home::kCustomer, R"sql(
  SELECT id, order_id, warehouse_id, state, carrier, tracking_number, items, created_at, updated_at
    FROM fulfilment_shipments WHERE id < $1 ORDER BY id DESC LIMIT $2
)sql"};

const db::Query kShipmentsAfter{"fulfilment.after", db::Home::kCustomer, R"sql(
  SELECT id, order_id, warehouse_id, state, carrier, tracking_number, items, created_at, updated_at
    FROM fulfilment_shipments WHERE id > $1 ORDER BY id LIMIT 500
)sql"};

const db::Query kStockDue{"fulfilment.stock_due", db::Home::kCustomer, R"sql(
  SELECT id, order_id, warehouse_id, state, carrier, tracking_number, items, created_at, updated_at
    FROM fulfilment_shipments WHERE stock_due = 1 ORDER BY id LIMIT $1
)sql"};

const db::Query kStockSettled{"fulfilment.stock_settled", db::Home::kCustomer, R"sql(
  UPDATE fulfilment_shipments SET stock_due = 0 WHERE id = $1
)sql"};

}  // namespace kontor::fulfilment
