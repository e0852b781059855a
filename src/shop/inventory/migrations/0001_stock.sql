-- home: stock
CREATE TABLE inventory_warehouses (
  id @id PRIMARY KEY,
  code @text NOT NULL UNIQUE,
  name @text NOT NULL,
  latitude_e6 @int NOT NULL DEFAULT 0,
  longitude_e6 @int NOT NULL DEFAULT 0,
  processing_hours @int NOT NULL DEFAULT 24 CHECK (processing_hours >= 0),
  active @int NOT NULL DEFAULT 1
);

INSERT INTO inventory_warehouses (id, code, name) VALUES (1, 'main', 'Main warehouse') ON CONFLICT (id) DO NOTHING;

CREATE TABLE inventory_stock (
  offer_id @id NOT NULL,
  warehouse_id @id NOT NULL,
  slot @int NOT NULL,
  on_hand @int NOT NULL CHECK (on_hand >= 0),
  reserved @int NOT NULL CHECK (reserved >= 0),
  allocated @int NOT NULL CHECK (allocated >= 0),
  safety_stock @int NOT NULL CHECK (safety_stock >= 0),
  incoming @int NOT NULL CHECK (incoming >= 0),
  incoming_at @int,
  version @int NOT NULL,
  last_movement @int NOT NULL,
  PRIMARY KEY (offer_id, warehouse_id, slot)
) @clustered;

CREATE TABLE inventory_reservations (
  checkout_id @id NOT NULL,
  line @int NOT NULL,
  offer_id @id NOT NULL,
  warehouse_id @id NOT NULL,
  slot @int NOT NULL,
  quantity @int NOT NULL CHECK (quantity >= 0),
  state @int NOT NULL,
  returned @int NOT NULL CHECK (returned >= 0 AND returned <= quantity),
  PRIMARY KEY (checkout_id, line)
) @clustered;

CREATE TABLE inventory_movements (
  id @serial,
  offer_id @id NOT NULL,
  warehouse_id @id NOT NULL,
  slot @int NOT NULL,
  kind @int NOT NULL,
  d_on_hand @int NOT NULL,
  d_reserved @int NOT NULL,
  d_allocated @int NOT NULL,
  d_safety_stock @int NOT NULL,
  d_incoming @int NOT NULL,
  reason @text NOT NULL,
  reference @text NOT NULL,
  at @int NOT NULL,
  previous @int NOT NULL
);

CREATE TABLE inventory_effects (
  reference @text NOT NULL,
  kind @int NOT NULL,
  at @int NOT NULL,
  PRIMARY KEY (reference, kind)
) @clustered;
