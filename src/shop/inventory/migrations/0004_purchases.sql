-- home: stock
-- What each customer holds of the offers that had a purchase limit then; 0 in a reservation: it had none.
ALTER TABLE inventory_reservations ADD COLUMN customer_id @id NOT NULL DEFAULT 0;

CREATE TABLE inventory_purchases (
  customer_id @id NOT NULL,
  offer_id @id NOT NULL,
  quantity @int NOT NULL CHECK (quantity >= 0),
  PRIMARY KEY (customer_id, offer_id)
) @clustered;
