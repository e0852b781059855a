#include "shop/checkout/shortages_store.h"

namespace kontor::checkout {

using db::Home;

const db::Query kNoteOversold{"checkout.note_oversold", Home::kCustomer, R"sql(
  INSERT INTO checkout_oversold (offer_id, warehouse_id, noted_at) VALUES ($1, $2, $3)
  ON CONFLICT (offer_id, warehouse_id) DO NOTHING
)sql"};

const db::Query kForgetOversold{"checkout.forget_oversold", Home::kCustomer, R"sql(
  DELETE FROM checkout_oversold WHERE offer_id = $1 AND warehouse_id = $2
)sql"};

const db::Query kOversold{"checkout.oversold", Home::kCustomer, R"sql(
  SELECT offer_id, warehouse_id FROM checkout_oversold ORDER BY offer_id, warehouse_id LIMIT $1
)sql"};

// Again, where the units of the order were missing before and had been found, or were cancelled.
const db::Query kOpenShortage{"checkout.open_shortage", Home::kCustomer, R"sql(
  INSERT INTO checkout_shortages (order_id, offer_id, warehouse_id, quantity, state, decide_at, created_at)
  VALUES ($1, $2, $3, $4, 0, $5, $6)
  ON CONFLICT (order_id, offer_id, warehouse_id) DO UPDATE
     SET quantity = excluded.quantity, state = 0, decide_at = excluded.decide_at, created_at = excluded.created_at
   WHERE checkout_shortages.state >= 2
)sql"};

const db::Query kSetShortage{"checkout.set_shortage", Home::kCustomer, R"sql(
  UPDATE checkout_shortages SET quantity = $4
   WHERE order_id = $1 AND offer_id = $2 AND warehouse_id = $3 AND state < 2 AND quantity <> $4
)sql"};

const db::Query kMoveShortage{"checkout.move_shortage", Home::kCustomer, R"sql(
  UPDATE checkout_shortages SET state = $5
   WHERE order_id = $1 AND offer_id = $2 AND warehouse_id = $3 AND state = $4
)sql"};

const db::Query kPostponeShortage{"checkout.postpone_shortage", Home::kCustomer, R"sql(
  UPDATE checkout_shortages SET decide_at = $4 WHERE order_id = $1 AND offer_id = $2 AND warehouse_id = $3
)sql"};

const db::Query kShortagesAt{"checkout.shortages_at", Home::kCustomer, R"sql(
  SELECT order_id, offer_id, warehouse_id, quantity, state, decide_at, created_at FROM checkout_shortages
   WHERE offer_id = $1 AND warehouse_id = $2 AND state < 2 ORDER BY order_id
)sql"};

const db::Query kShortagesOfOrder{"checkout.shortages_of_order", Home::kCustomer, R"sql(
  SELECT order_id, offer_id, warehouse_id, quantity, state, decide_at, created_at FROM checkout_shortages
   WHERE order_id = $1 ORDER BY offer_id, warehouse_id
)sql"};

const db::Query kShortagesDue{"checkout.shortages_due", Home::kCustomer, R"sql(
  SELECT order_id, offer_id, warehouse_id, quantity, state, decide_at, created_at FROM checkout_shortages
   WHERE state = 0 AND decide_at <= $1 ORDER BY decide_at LIMIT $2
)sql"};

const db::Query kShortagesAfter{"checkout.shortages_after", Home::kCustomer, R"sql(
  SELECT order_id, offer_id, warehouse_id, quantity, state, decide_at, created_at FROM checkout_shortages
   WHERE state < 2 AND (order_id, offer_id, warehouse_id) > ($1, $2, $3)
   ORDER BY order_id, offer_id, warehouse_id LIMIT $4
)sql"};

const db::Query kReservedAgain{"checkout.reserved_again", Home::kCustomer, R"sql(
  SELECT order_id FROM checkout_checkouts WHERE reservation_id = $1 AND reservation_id <> id
)sql"};

}  // namespace kontor::checkout
