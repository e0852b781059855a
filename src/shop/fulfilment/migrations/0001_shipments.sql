-- home: customer
CREATE TABLE fulfilment_shipments (
  id @id PRIMARY KEY,
  order_id @int NOT NULL,
  warehouse_id @int NOT NULL,
  state @int NOT NULL,
  carrier @text,
  tracking_number @text,
  items @text NOT NULL,
  stock_due @int NOT NULL,
  created_at @int NOT NULL,
  updated_at @int NOT NULL
);
CREATE INDEX fulfilment_by_order ON fulfilment_shipments (order_id, id);
CREATE INDEX fulfilment_stock_due ON fulfilment_shipments (id) WHERE stock_due = 1;
