-- home: catalog
ALTER TABLE catalog_offers ADD COLUMN min_quantity @int NOT NULL DEFAULT 1;
ALTER TABLE catalog_offers ADD COLUMN quantity_step @int NOT NULL DEFAULT 1;
