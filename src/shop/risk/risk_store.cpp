#include "shop/risk/risk_store.h"

namespace kontor::risk {

const db::Query kInsertReview{"risk.insert_review", db::Home::kCustomer, R"sql(
  INSERT INTO risk_reviews (checkout_id, customer_id, state, points, total, currency, device, signals, created_at,
                            decided_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '')
)sql"};

const db::Query kFindReview{"risk.find_review", db::Home::kCustomer, R"sql(
  SELECT checkout_id, customer_id, state, points, total, currency, device, signals, created_at, decided_at, decided_by
    FROM risk_reviews WHERE checkout_id = $1
)sql"};

const db::Query kReviewsBefore{"risk.reviews_before", db::Home::kCustomer, R"sql(
  SELECT checkout_id, customer_id, state, points, total, currency, device, signals, created_at, decided_at, decided_by
    FROM risk_reviews WHERE state = $1 AND checkout_id < $2 ORDER BY checkout_id DESC LIMIT $3
)sql"};

const db::Query kDecideReview{"risk.decide_review", db::Home::kCustomer, R"sql(
  UPDATE risk_reviews SET state = $3, decided_at = $4, decided_by = $5 WHERE checkout_id = $1 AND state = $2
)sql"};

const db::Query kFindDevice{"risk.find_device", db::Home::kCustomer, R"sql(
  SELECT device FROM risk_devices WHERE device = $1
)sql"};

const db::Query kListDevice{"risk.list_device", db::Home::kCustomer, R"sql(
  INSERT INTO risk_devices (device, reason, added_at) VALUES ($1, $2, $3)
  ON CONFLICT (device) DO UPDATE SET reason = excluded.reason
)sql"};

const db::Query kUnlistDevice{"risk.unlist_device", db::Home::kCustomer, R"sql(
  DELETE FROM risk_devices WHERE device = $1
)sql"};

const db::Query kDevicesAfter{"risk.devices_after", db::Home::kCustomer, R"sql(
  SELECT device, reason, added_at FROM risk_devices WHERE device > $1 ORDER BY device LIMIT $2
)sql"};

}  // namespace kontor::risk
