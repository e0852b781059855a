-- home: customer
-- The cards that customers had kept for their next purchases: the gateway's token, and what people tell cards apart by.
CREATE TABLE payments_cards (
  id @id PRIMARY KEY,
  customer_id @int NOT NULL,
  token @text NOT NULL,
  brand @text NOT NULL,
  last4 @text NOT NULL,
  expires_month @int NOT NULL,
  expires_year @int NOT NULL,
  is_default @int NOT NULL,
  created_at @int NOT NULL
);
CREATE UNIQUE INDEX payments_cards_of_customer ON payments_cards (customer_id, token);
