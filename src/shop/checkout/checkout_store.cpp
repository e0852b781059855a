#include "shop/checkout/checkout_store.h"

namespace kontor::checkout {

#define KONTOR_JOURNAL_COLUMNS                                                                           \
  "SELECT id, customer_id, key, fingerprint, state, order_id, reservation_id, attempts, answer_status, " \
  "created_at, updated_at, expires_at, next_at, problem, answer_body, plan FROM checkout_checkouts "

const db::Query kInsertJournal{"checkout.insert", db::Home::kCustomer, R"sql(
  INSERT INTO checkout_checkouts (id, customer_id, key, fingerprint, state, order_id, reservation_id, attempts,
                                  answer_status, created_at, updated_at, expires_at, next_at, answer_body, plan)
  VALUES ($1, $2, $3, $4, $5, 0, $1, 0, 0, $6, $6, $7, $8, '', $9)
  ON CONFLICT (customer_id, key) DO NOTHING
)sql"};

// $2 the state that is expected. An answer once given stays; a settled row (no $4) drops its plan; $10 frees the key.
const db::Query kApplyChange{"checkout.apply", db::Home::kCustomer, R"sql(
  UPDATE checkout_checkouts
     SET state = $3, next_at = $4, plan = COALESCE($5, CASE WHEN CAST($4 AS BIGINT) IS NULL THEN '' ELSE plan END),
         order_id = CASE WHEN CAST($6 AS BIGINT) = 0 THEN order_id ELSE $6 END,
         reservation_id = CASE WHEN CAST($7 AS BIGINT) = 0 THEN reservation_id ELSE $7 END,
         answer_body = CASE WHEN answer_status = 0 AND CAST($8 AS BIGINT) <> 0 THEN $9 ELSE answer_body END,
         answer_status = CASE WHEN answer_status = 0 THEN $8 ELSE answer_status END,
         key = CASE WHEN CAST($10 AS BIGINT) = 1 THEN NULL ELSE key END,
         problem = COALESCE($11, problem), updated_at = $12,
         expires_at = CASE WHEN CAST($13 AS BIGINT) = 0 THEN expires_at ELSE $13 END
   WHERE id = $1 AND state = $2 AND (CAST($14 AS BIGINT) = 0 OR answer_status = 0)
)sql"};

const db::Query kFreeKey{"checkout.free_key", db::Home::kCustomer, R"sql(
  UPDATE checkout_checkouts SET key = NULL WHERE id = $1
)sql"};

const db::Query kForgetPlan{"checkout.forget_plan", db::Home::kCustomer, R"sql(
  UPDATE checkout_checkouts SET plan = '' WHERE id = $1 AND next_at IS NULL
)sql"};

const db::Query kLease{"checkout.lease", db::Home::kCustomer, R"sql(
  UPDATE checkout_checkouts SET next_at = $3, attempts = attempts + 1 WHERE id = $1 AND next_at = $2
)sql"};

const db::Query kFindJournal{"checkout.find", db::Home::kCustomer, KONTOR_JOURNAL_COLUMNS "WHERE id = $1"};
const db::Query kFindByKey{"checkout.find_key", db::Home::kCustomer,
                           KONTOR_JOURNAL_COLUMNS "WHERE customer_id = $1 AND key = $2"};
// Nothing waits for longer than from its creation to its expiry: what does (from $3 on) had its clock set back.
const db::Query kDueJournals{
    "checkout.due", db::Home::kCustomer,
    KONTOR_JOURNAL_COLUMNS
    "WHERE next_at IS NOT NULL AND (next_at <= $1 OR (next_at > $3 AND next_at - (expires_at - "
    "created_at) > $3)) ORDER BY next_at LIMIT $2"};
const db::Query kJournalsAfter{"checkout.after", db::Home::kCustomer,
                               KONTOR_JOURNAL_COLUMNS "WHERE id > $1 ORDER BY id LIMIT 500"};

const db::Query kInsertQuote{"checkout.insert_quote", db::Home::kCustomer, R"sql(
  INSERT INTO checkout_quotes (id, customer_id, cart_version, expires_at, terms) VALUES ($1, $2, $3, $4, $5)
)sql"};

const db::Query kFindQuote{"checkout.find_quote", db::Home::kCustomer, R"sql(
  SELECT cart_version, expires_at, terms FROM checkout_quotes WHERE id = $1 AND customer_id = $2
)sql"};

// Ids begin with their time, so what is old lies at the front.
const db::Query kPruneQuotes{"checkout.prune_quotes", db::Home::kCustomer, R"sql(
  DELETE FROM checkout_quotes
   WHERE id IN (SELECT id FROM checkout_quotes ORDER BY id LIMIT $2) AND expires_at < $1
)sql"};

const db::Query kOpenCancellation{"checkout.open_cancellation", db::Home::kCustomer, R"sql(
  INSERT INTO checkout_order_cancellations (order_id, number, attempts, created_at, next_at) VALUES ($1, $2, 0, $3, $4)
)sql"};

// Of an order that the version before cancelled as a whole, the number is 0. Due is what is due until $1, and what lies
// further ahead than any wait ($3): the clock was set back since.
const CancellationQueries kCancellations[2] = {{{"checkout.cancellations_due", db::Home::kCustomer, R"sql(
  SELECT order_id, number, attempts, next_at FROM checkout_order_cancellations
   WHERE next_at IS NOT NULL AND (next_at <= $1 OR next_at > $3) ORDER BY next_at LIMIT $2
)sql"},
                                                {"checkout.lease_cancellation", db::Home::kCustomer, R"sql(
  UPDATE checkout_order_cancellations SET next_at = $4, attempts = attempts + 1
   WHERE order_id = $1 AND number = $2 AND next_at = $3
)sql"},
                                                {"checkout.close_cancellation", db::Home::kCustomer, R"sql(
  UPDATE checkout_order_cancellations SET next_at = NULL WHERE order_id = $1 AND number = $2
)sql"},
                                                {"checkout.delay_cancellation", db::Home::kCustomer, R"sql(
  UPDATE checkout_order_cancellations SET next_at = $3 WHERE order_id = $1 AND number = $2 AND next_at IS NOT NULL
)sql"}},
                                               {{"checkout.old_cancellations_due", db::Home::kCustomer, R"sql(
  SELECT order_id, 0, attempts, next_at FROM checkout_cancellations
   WHERE next_at IS NOT NULL AND (next_at <= $1 OR next_at > $3) ORDER BY next_at LIMIT $2
)sql"},
                                                {"checkout.lease_old_cancellation", db::Home::kCustomer, R"sql(
  UPDATE checkout_cancellations SET next_at = $4, attempts = attempts + 1
   WHERE order_id = $1 AND CAST($2 AS BIGINT) = 0 AND next_at = $3
)sql"},
                                                {"checkout.close_old_cancellation", db::Home::kCustomer, R"sql(
  UPDATE checkout_cancellations SET next_at = NULL WHERE order_id = $1 AND CAST($2 AS BIGINT) = 0
)sql"},
                                                {"checkout.delay_old_cancellation", db::Home::kCustomer, R"sql(
  UPDATE checkout_cancellations SET next_at = $3 WHERE order_id = $1 AND CAST($2 AS BIGINT) = 0 AND next_at IS NOT NULL
)sql"}}};

}  // namespace kontor::checkout
