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

const db::Query kInvoicesOfOrder{"orders.invoices_of", db::Home::kCustomer, R"sql(
  SELECT part, year, number, issued_at FROM orders_invoices WHERE order_id = $1 ORDER BY part
)sql"};

// Whoever takes a number holds the year's row until the invoice is written: taken back with it, or used.
const db::Query kNextInvoiceNumber{"orders.next_invoice_number", db::Home::kCustomer, R"sql(
  INSERT INTO orders_invoice_years (year, last_number) VALUES ($1, $2)
  ON CONFLICT (year) DO UPDATE SET last_number = orders_invoice_years.last_number + excluded.last_number
  RETURNING last_number
)sql"};

const db::Query kInsertInvoice{"orders.insert_invoice", db::Home::kCustomer, R"sql(
  INSERT INTO orders_invoices (order_id, part, year, number, issued_at) VALUES ($1, $2, $3, $4, $5)
)sql"};

const db::Query kInvoiceYears{"orders.invoice_years", db::Home::kCustomer, R"sql(
  SELECT y.year, y.last_number, COUNT(i.number), COALESCE(MIN(i.number), 0), COALESCE(MAX(i.number), 0)
    FROM orders_invoice_years y LEFT JOIN orders_invoices i ON i.year = y.year GROUP BY y.year, y.last_number
)sql"};

const db::Query kInvoicesWithoutOrder{"orders.invoices_without_order", db::Home::kCustomer, R"sql(
  SELECT i.order_id, i.year, i.number FROM orders_invoices i LEFT JOIN orders_orders o ON o.id = i.order_id
   WHERE o.id IS NULL
)sql"};

}  // namespace kontor::orders
