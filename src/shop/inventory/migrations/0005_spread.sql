-- home: stock
-- Offers whose units in a warehouse are spread over several slots: over how many, and how many may hold some.
CREATE TABLE inventory_spread (
  offer_id @id NOT NULL,
  warehouse_id @id NOT NULL,
  slots @int NOT NULL CHECK (slots >= 1),
  reach @int NOT NULL CHECK (reach >= slots),
  PRIMARY KEY (offer_id, warehouse_id)
) @clustered;
