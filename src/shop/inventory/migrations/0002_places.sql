-- home: stock
ALTER TABLE inventory_warehouses ADD COLUMN country @text NOT NULL DEFAULT '';
ALTER TABLE inventory_warehouses ADD COLUMN postal_code @text NOT NULL DEFAULT '';
ALTER TABLE inventory_warehouses ADD COLUMN daily_capacity @int NOT NULL DEFAULT 0;
