-- home: stock
ALTER TABLE inventory_stock ADD COLUMN low_stock_at @int NOT NULL DEFAULT 0;
