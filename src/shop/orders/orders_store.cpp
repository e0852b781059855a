#include "shop/orders/orders_store.h"

namespace kontor::orders {

const db::Query kInsertOrder{"orders.insert", db::Home::kCustomer, R"sql(
  INSERT INTO orders_orders (id, customer_id, checkout_id, reservation_id, state, version, currency, total, email,
                             document, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $10)
)sql"};

const db::Query kFindOrder{"orders.find", db::Home::kCustomer, R"sql(
  SELECT id, customer_id, checkout_id, reservation_id, state, version, email, document, created_at, updated_at
    FROM orders_orders WHERE id = $1
)sql"};

// The version is compared: what was read is what is changed.
const db::Query kSaveOrder{"orders.save", db::Home::kCustomer, R"sql(
  UPDATE orders_orders SET state = $3, document = $4, updated_at = $5, version = version + 1
   WHERE id = $1 AND version = $2
)sql"};

const db::Query kOrdersOfCustomer{"orders.of_customer", db::Home::kCustomer, R"sql(
  SELECT id, customer_id, checkout_id, reservation_id, state, version, email, document, created_at, updated_at
    FROM orders_orders WHERE customer_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3
)sql"};

const db::Query kOrdersBefore{"orders.before", db::Home::kCustomer, R"sql(
  SELECT id, customer_id, checkout_id, reservation_id, state, version, email, document, created_at, updated_at
    FROM orders_orders WHERE id < $1 ORDER BY id DESC LIMIT $2
)sql"};

const db::Query kOrdersChangedAfter{"orders.changed_after", db::Home::kCustomer, R"sql(
  SELECT id, customer_id, checkout_id, reservation_id, state, version, email, document, created_at, updated_at
    FROM orders_orders WHERE (updated_at, id) > ($1, $2) ORDER BY updated_at, id LIMIT $3
)sql"};

const db::Query kOrdersAfter{"orders.after", db::Home::kCustomer, R"sql(
  SELECT id, customer_id, checkout_id, reservation_id, state, version, email, document, created_at, updated_at
    FROM orders_orders WHERE id > $1 ORDER BY id LIMIT $2
)sql"};

}  // namespace kontor::orders
