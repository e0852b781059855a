-- home: customer
-- One row a cancellation, of which an order may have several (the table of the version before knew one an order, and is read until its
-- rows are done). A row with a `next_at` still owes stock or money.
CREATE TABLE checkout_order_cancellations (
  order_id @id NOT NULL,
  number @int NOT NULL,
  attempts @int NOT NULL,
  created_at @int NOT NULL,
  next_at @int,
  PRIMARY KEY (order_id, number)
) @clustered;
CREATE INDEX checkout_order_cancellations_due ON checkout_order_cancellations (next_at) WHERE next_at IS NOT NULL;
