-- home: customer
CREATE TABLE checkout_checkouts (
  id @id PRIMARY KEY,
  customer_id @int NOT NULL,
  key @text,
  fingerprint @text NOT NULL,
  state @int NOT NULL,
  order_id @int NOT NULL,
  reservation_id @int NOT NULL,
  attempts @int NOT NULL,
  answer_status @int NOT NULL,
  created_at @int NOT NULL,
  updated_at @int NOT NULL,
  expires_at @int NOT NULL,
  next_at @int,
  problem @text,
  answer_body @text NOT NULL,
  plan @text NOT NULL
);
CREATE UNIQUE INDEX checkout_by_key ON checkout_checkouts (customer_id, key);
CREATE INDEX checkout_due ON checkout_checkouts (next_at) WHERE next_at IS NOT NULL;
