-- home: customer
-- Where more is promised than there is, by what was counted; looked at until it is not so any more.
CREATE TABLE checkout_oversold (
  offer_id @id NOT NULL,
  warehouse_id @id NOT NULL,
  noted_at @int NOT NULL,
  PRIMARY KEY (offer_id, warehouse_id)
) @clustered;

-- Units of orders that go without.
CREATE TABLE checkout_shortages (
  order_id @id NOT NULL,
  offer_id @id NOT NULL,
  warehouse_id @id NOT NULL,
  quantity @int NOT NULL CHECK (quantity > 0),
  state @int NOT NULL,
  decide_at @int NOT NULL,
  created_at @int NOT NULL,
  PRIMARY KEY (order_id, offer_id, warehouse_id)
) @clustered;
CREATE INDEX checkout_shortages_unsettled ON checkout_shortages (offer_id, warehouse_id) WHERE state < 2;
CREATE INDEX checkout_shortages_due ON checkout_shortages (decide_at) WHERE state = 0;

-- The few purchases that had to reserve again, by the key of their stock; all others have their own.
CREATE INDEX checkout_checkouts_reserved_again ON checkout_checkouts (reservation_id) WHERE reservation_id <> id;
