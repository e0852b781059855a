#include "shop/checkout/refunds_store.h"

namespace kontor::checkout {

using db::Home;

#define KONTOR_REFUND_COLUMNS                                                                                      \
  "SELECT order_id, number, payment_id, amount, currency, reason, decided_by, attempts, created_at, next_at FROM " \
  "checkout_refunds "

const db::Query kOpenRefund{"checkout.open_refund", Home::kCustomer, R"sql(
  INSERT INTO checkout_refunds (order_id, number, payment_id, amount, currency, reason, decided_by, attempts,
                                created_at, next_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)
)sql"};

const db::Query kRefundsOfOrder{"checkout.refunds_of_order", Home::kCustomer,
                                KONTOR_REFUND_COLUMNS "WHERE order_id = $1 ORDER BY number"};

// $3: further ahead than any wait, so the clock was set back since.
const db::Query kRefundsDue{"checkout.refunds_due", Home::kCustomer,
                            KONTOR_REFUND_COLUMNS
                            "WHERE next_at IS NOT NULL AND (next_at <= $1 OR next_at > $3) ORDER BY next_at LIMIT $2"};

const db::Query kLeaseRefund{"checkout.lease_refund", Home::kCustomer, R"sql(
  UPDATE checkout_refunds SET next_at = $4, attempts = attempts + 1
   WHERE order_id = $1 AND number = $2 AND next_at = $3
)sql"};

const db::Query kDelayRefund{"checkout.delay_refund", Home::kCustomer, R"sql(
  UPDATE checkout_refunds SET next_at = $3 WHERE order_id = $1 AND number = $2 AND next_at IS NOT NULL
)sql"};

const db::Query kCloseRefund{"checkout.close_refund", Home::kCustomer, R"sql(
  UPDATE checkout_refunds SET next_at = NULL WHERE order_id = $1 AND number = $2
)sql"};

}  // namespace kontor::checkout
