-- home: customer
CREATE TABLE orders_orders (
  id @id PRIMARY KEY,
  customer_id @int NOT NULL,
  checkout_id @int NOT NULL,
  reservation_id @int NOT NULL,
  state @int NOT NULL,
  version @int NOT NULL,
  currency @text NOT NULL,
  total @int NOT NULL,
  email @text NOT NULL,
  document @text NOT NULL,
  created_at @int NOT NULL,
  updated_at @int NOT NULL
);
CREATE INDEX orders_by_customer ON orders_orders (customer_id, id);
CREATE INDEX orders_by_change ON orders_orders (updated_at, id);
