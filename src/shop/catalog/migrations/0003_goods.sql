-- home: catalog
-- What a checkout must know of a product's weight, size and tax class, without reading its details: four numbers and a word. Empty until the
-- product is saved again: then the details say it.
ALTER TABLE catalog_products ADD COLUMN goods @text NOT NULL DEFAULT '';
