#include "shop/payments/payments_store.h"

namespace kontor::payments {

const db::Query kInsertPayment{"payments.insert", db::Home::kCustomer, R"sql(
  INSERT INTO payments_payments (id, checkout_id, order_id, state, amount, currency, refunded, method, reference,
                                 created_at)
  VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)
)sql"};

const db::Query kFindPayment{"payments.find", db::Home::kCustomer, R"sql(
  SELECT id, checkout_id, order_id, state, amount, currency, refunded, method, reference, created_at
    FROM payments_payments WHERE id = $1
)sql"};

// The state is compared, so that two who refund at once cannot both count.
const db::Query kSetPaymentState{"payments.set_state", db::Home::kCustomer, R"sql(
  UPDATE payments_payments SET state = $3, refunded = refunded + $4
   WHERE id = $1 AND state = $2 AND refunded + $4 <= amount
)sql"};

const db::Query kAddEntry{"payments.add_entry", db::Home::kCustomer, R"sql(
  INSERT INTO payments_ledger (payment_id, entry, debit, credit, amount, currency, at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (payment_id, entry) DO NOTHING
)sql"};

const db::Query kPaymentsAfter{"payments.after", db::Home::kCustomer, R"sql(
  SELECT id, checkout_id, order_id, state, amount, currency, refunded, method, reference, created_at
    FROM payments_payments WHERE id > $1 ORDER BY id LIMIT 1000
)sql"};

// Per payment: what came in, what went out.
const db::Query kEntriesOfPayments{"payments.entries", db::Home::kCustomer, R"sql(
  SELECT payment_id, SUM(CASE WHEN debit = 'gateway' THEN amount ELSE 0 END) AS came,
         SUM(CASE WHEN credit = 'gateway' THEN amount ELSE 0 END) AS went
    FROM payments_ledger WHERE payment_id > $1 AND payment_id <= $2
   GROUP BY payment_id ORDER BY payment_id
)sql"};

}  // namespace kontor::payments
