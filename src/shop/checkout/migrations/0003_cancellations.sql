-- home: customer
CREATE TABLE checkout_cancellations (
  order_id @id PRIMARY KEY,
  attempts @int NOT NULL,
  created_at @int NOT NULL,
  next_at @int
);
CREATE INDEX checkout_cancellations_due ON checkout_cancellations (next_at) WHERE next_at IS NOT NULL;
