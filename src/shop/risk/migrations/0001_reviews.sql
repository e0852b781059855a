-- home: customer
CREATE TABLE risk_reviews (
  checkout_id @id PRIMARY KEY,
  customer_id @int NOT NULL,
  state @int NOT NULL,
  points @int NOT NULL,
  total @int NOT NULL,
  currency @text NOT NULL,
  device @text NOT NULL,
  signals @text NOT NULL,
  created_at @int NOT NULL,
  decided_at @int,
  decided_by @text NOT NULL
);
CREATE INDEX risk_reviews_by_state ON risk_reviews (state, checkout_id);
CREATE TABLE risk_devices (
  device @text PRIMARY KEY,
  reason @text NOT NULL,
  added_at @int NOT NULL
) @clustered;
