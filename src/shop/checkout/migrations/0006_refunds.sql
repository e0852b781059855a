-- home: customer
-- Money that finance gives back of a payment once its order is packed. A row with a `next_at` is still owed.
CREATE TABLE checkout_refunds (
  order_id @id NOT NULL,
  number @int NOT NULL,
  payment_id @id NOT NULL,
  amount @int NOT NULL CHECK (amount > 0),
  currency @text NOT NULL,
  reason @text NOT NULL,
  decided_by @text NOT NULL,
  attempts @int NOT NULL,
  created_at @int NOT NULL,
  next_at @int,
  PRIMARY KEY (order_id, number)
) @clustered;
CREATE INDEX checkout_refunds_due ON checkout_refunds (next_at) WHERE next_at IS NOT NULL;
