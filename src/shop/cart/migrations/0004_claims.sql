-- home: stock
-- Offers whose units are set aside when they are put in a cart, and what is set aside so. They lie beside the stock, whose rows change with them.
CREATE TABLE cart_claim_rules (
  offer_id @id PRIMARY KEY, minutes @int NOT NULL, updated_at @int NOT NULL
);
CREATE TABLE cart_claims (
  customer_id @id NOT NULL, offer_id @id NOT NULL, reservation_id @id NOT NULL, quantity @int NOT NULL, until_at @int NOT NULL,
  PRIMARY KEY (customer_id, offer_id), CHECK (quantity > 0)
) @clustered;
CREATE INDEX cart_claims_until ON cart_claims (until_at);
