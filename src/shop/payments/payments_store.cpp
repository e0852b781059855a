#include "shop/payments/payments_store.h"

namespace kontor::payments {

const db::Query kInsertPayment{"payments.insert", db::Home::kCustomer, R"sql(
  INSERT INTO payments_payments (id, checkout_id, order_id, state, amount, currency, refunded, method, reference,
                                 created_at)
  VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)
)sql"};

const db::Query kFindPayment{"payments.find", db::Home::kCustomer, R"sql(
  SELECT id, checkout_id, order_id, state, amount, currency, refunded, method, reference, created_at, released
    FROM payments_payments WHERE id = $1
)sql"};

// The state is compared, so that two who refund at once cannot both count.
const db::Query kSetPaymentState{"payments.set_state", db::Home::kCustomer, R"sql(
  UPDATE payments_payments SET state = $3, refunded = refunded + $4
   WHERE id = $1 AND state = $2 AND refunded + $4 <= amount - released
)sql"};

const db::Query kReleasePart{"payments.release_part", db::Home::kCustomer, R"sql(
  UPDATE payments_payments SET released = released + $3 WHERE id = $1 AND state = $2 AND released + $3 < amount
)sql"};

// `debit` and `credit` are words of the version before; the legs say more (migrations/0002).
const db::Query kAddEntry{"payments.add_entry", db::Home::kCustomer, R"sql(
  INSERT INTO payments_ledger (payment_id, entry, kind, amount, currency, at, gateway, receivable, sales, shipping, tax,
                               refunds, customer_credit, goodwill, debit, credit)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', '')
  ON CONFLICT (payment_id, entry) DO NOTHING
)sql"};

const db::Query kPaymentsAfter{"payments.after", db::Home::kCustomer, R"sql(
  SELECT id, checkout_id, order_id, state, amount, currency, refunded, method, reference, created_at, released
    FROM payments_payments WHERE id > $1 ORDER BY id LIMIT 1000
)sql"};

// A page of payments' entries, or what lies beyond the last payment.
const db::Query kEntriesOfPayments{"payments.entries", db::Home::kCustomer, R"sql(
  SELECT payment_id, entry, kind, currency, at, order_id, gateway, receivable, sales, shipping, tax, refunds,
         customer_credit, goodwill
    FROM payments_v_entries
   WHERE payment_id > $1 AND payment_id <= $2 ORDER BY payment_id, entry LIMIT $3
)sql"};

const db::Query kEntriesOfPayment{"payments.entries_of_one", db::Home::kCustomer, R"sql(
  SELECT payment_id, entry, kind, currency, at, order_id, gateway, receivable, sales, shipping, tax, refunds,
         customer_credit, goodwill
    FROM payments_v_entries
   WHERE payment_id = $1 ORDER BY at, entry
)sql"};

const db::Query kFindEntry{"payments.find_entry", db::Home::kCustomer, R"sql(
  SELECT payment_id, entry, kind, currency, at, order_id, gateway, receivable, sales, shipping, tax, refunds,
         customer_credit, goodwill
    FROM payments_v_entries
   WHERE payment_id = $1 AND entry = $2
)sql"};

const db::Query kLegsOfPayment{"payments.legs", db::Home::kCustomer, R"sql(
  SELECT CAST(COALESCE(SUM(gateway), 0) AS BIGINT), CAST(COALESCE(SUM(receivable), 0) AS BIGINT),
         CAST(COALESCE(SUM(sales), 0) AS BIGINT), CAST(COALESCE(SUM(shipping), 0) AS BIGINT),
         CAST(COALESCE(SUM(tax), 0) AS BIGINT), CAST(COALESCE(SUM(refunds), 0) AS BIGINT),
         CAST(COALESCE(SUM(customer_credit), 0) AS BIGINT), CAST(COALESCE(SUM(goodwill), 0) AS BIGINT)
    FROM payments_v_entries WHERE payment_id = $1
)sql"};

const db::Query kNewestEntries{"payments.newest_entries", db::Home::kCustomer, R"sql(
  SELECT payment_id, entry, kind, currency, at, order_id, gateway, receivable, sales, shipping, tax, refunds,
         customer_credit, goodwill
    FROM payments_v_entries
   WHERE (at, payment_id, entry) < ($1, $2, $3) ORDER BY at DESC, payment_id DESC, entry DESC LIMIT $4
)sql"};

const db::Query kEntriesBetween{"payments.entries_between", db::Home::kCustomer, R"sql(
  SELECT payment_id, entry, kind, currency, at, order_id, gateway, receivable, sales, shipping, tax, refunds,
         customer_credit, goodwill
    FROM payments_v_entries
   WHERE (at, payment_id, entry) > ($1, $2, $3) AND at < $4 ORDER BY at, payment_id, entry LIMIT 1000
)sql"};

const db::Query kFirstEntry{"payments.first_entry", db::Home::kCustomer, R"sql(
  SELECT MIN(at) FROM payments_ledger
)sql"};

// Where the next piece of a walk over the ledger ends; a payment's entries are never torn apart.
const db::Query kLedgerPiece{"payments.ledger_piece", db::Home::kCustomer, R"sql(
  SELECT MAX(payment_id)
    FROM (SELECT payment_id FROM payments_ledger WHERE payment_id > $1 ORDER BY payment_id LIMIT 2000) AS piece
)sql"};

const db::Query kLedgerSums{"payments.ledger_sums", db::Home::kCustomer, R"sql(
  SELECT currency, CAST(SUM(gateway) AS BIGINT), CAST(SUM(receivable) AS BIGINT), CAST(SUM(sales) AS BIGINT),
         CAST(SUM(shipping) AS BIGINT), CAST(SUM(tax) AS BIGINT), CAST(SUM(refunds) AS BIGINT),
         CAST(SUM(customer_credit) AS BIGINT), CAST(SUM(goodwill) AS BIGINT)
    FROM payments_v_entries WHERE payment_id > $1 AND payment_id <= $2 GROUP BY currency
)sql"};

// Only what says something new counts as a change.
const db::Query kSaveSettlement{"payments.save_settlement", db::Home::kCustomer, R"sql(
  INSERT INTO payments_settlements (day, made_at, differences, document) VALUES ($1, $2, $3, $4)
  ON CONFLICT (day) DO UPDATE SET made_at = excluded.made_at, differences = excluded.differences,
                                  document = excluded.document
   WHERE payments_settlements.document <> excluded.document
)sql"};

const db::Query kFindSettlement{"payments.find_settlement", db::Home::kCustomer, R"sql(
  SELECT day, made_at, document FROM payments_settlements WHERE day = $1
)sql"};

const db::Query kSettlementsBefore{"payments.settlements_before", db::Home::kCustomer, R"sql(
  SELECT day, made_at, document FROM payments_settlements WHERE day < $1 ORDER BY day DESC LIMIT $2
)sql"};

}  // namespace kontor::payments
