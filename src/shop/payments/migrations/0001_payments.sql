-- home: customer
CREATE TABLE payments_payments (
  id @id PRIMARY KEY,
  checkout_id @int NOT NULL,
  order_id @int NOT NULL,
  state @int NOT NULL,
  amount @int NOT NULL CHECK (amount >= 0),
  currency @text NOT NULL,
  refunded @int NOT NULL CHECK (refunded >= 0 AND refunded <= amount),
  method @text NOT NULL,
  reference @text NOT NULL,
  created_at @int NOT NULL
);
CREATE TABLE payments_ledger (
  payment_id @int NOT NULL,
  entry @text NOT NULL,
  debit @text NOT NULL,
  credit @text NOT NULL,
  amount @int NOT NULL CHECK (amount > 0),
  currency @text NOT NULL,
  at @int NOT NULL,
  PRIMARY KEY (payment_id, entry)
) @clustered;
