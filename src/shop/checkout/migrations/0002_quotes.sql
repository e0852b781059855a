-- home: customer
CREATE TABLE checkout_quotes (
  id @id PRIMARY KEY,
  customer_id @int NOT NULL,
  cart_version @int NOT NULL,
  expires_at @int NOT NULL,
  terms @text NOT NULL
);
