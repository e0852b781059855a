-- home: catalog
-- What a listing filters and sorts by lies in catalog_listing (one row per sold product and currency); the rest of a product is a document.
CREATE TABLE catalog_sellers (
  id @id PRIMARY KEY, code @text NOT NULL UNIQUE, name @text NOT NULL, good_standing @int NOT NULL, rating_milli @int NOT NULL
);
INSERT INTO catalog_sellers (id, code, name, good_standing, rating_milli) VALUES (1, 'house', 'House', 1, 5000);

CREATE TABLE catalog_categories (
  id @id PRIMARY KEY, parent_id @id NOT NULL, name @text NOT NULL, name_fold @text NOT NULL, slug @text NOT NULL UNIQUE,
  path @text NOT NULL, version @int NOT NULL, UNIQUE (parent_id, name_fold)
);
-- Every pair of a category and one of its ancestors, itself included: a subtree is a range of this key.
CREATE TABLE catalog_category_tree (
  ancestor_id @id NOT NULL, category_id @id NOT NULL, PRIMARY KEY (ancestor_id, category_id)
) @clustered;
CREATE INDEX catalog_category_tree_up ON catalog_category_tree (category_id);

CREATE TABLE catalog_products (
  id @id PRIMARY KEY, external_id @text, slug @text NOT NULL, title @text NOT NULL, brand @text NOT NULL, category_id @id NOT NULL,
  status @int NOT NULL, rating_milli @int NOT NULL, review_count @int NOT NULL, version @int NOT NULL, created_at @int NOT NULL,
  updated_at @int NOT NULL, details @text NOT NULL
);
CREATE UNIQUE INDEX catalog_products_by_slug ON catalog_products (slug);
CREATE UNIQUE INDEX catalog_products_by_external_id ON catalog_products (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX catalog_products_by_category ON catalog_products (category_id);

CREATE TABLE catalog_offers (
  id @id PRIMARY KEY, product_id @id NOT NULL, seller_id @id NOT NULL, sku @text NOT NULL, item_condition @text NOT NULL,
  options @text NOT NULL, price_minor @int NOT NULL, currency @text NOT NULL, list_price_minor @int, purchase_limit @int NOT NULL,
  backorder @int NOT NULL, active @int NOT NULL, version @int NOT NULL, CHECK (price_minor >= 0)
);
CREATE INDEX catalog_offers_by_product ON catalog_offers (product_id);
CREATE UNIQUE INDEX catalog_offers_by_sku ON catalog_offers (sku, seller_id);

CREATE TABLE catalog_attributes (
  product_id @id NOT NULL, name @text NOT NULL, place @int NOT NULL, value_text @text NOT NULL, value_fold @text NOT NULL,
  value_micro @int, PRIMARY KEY (product_id, name, place)
) @clustered;

CREATE TABLE catalog_listing (
  currency @text NOT NULL, product_id @id NOT NULL, price_min @int NOT NULL, list_price @int, category_id @id NOT NULL,
  brand @text NOT NULL, brand_fold @text NOT NULL, rating_milli @int NOT NULL, review_count @int NOT NULL, sold @int NOT NULL,
  title @text NOT NULL, slug @text NOT NULL, image @text NOT NULL, external_id @text, search_fold @text NOT NULL,
  PRIMARY KEY (currency, product_id)
) @clustered;
CREATE INDEX catalog_listing_by_price ON catalog_listing (currency, price_min, product_id);
CREATE INDEX catalog_listing_by_rating ON catalog_listing (currency, rating_milli, product_id);
CREATE INDEX catalog_listing_by_category ON catalog_listing (category_id, currency);

-- Promised to showcase, which composes listings from them.
CREATE VIEW catalog_v_listing AS SELECT * FROM catalog_listing;
CREATE VIEW catalog_v_attributes AS SELECT * FROM catalog_attributes;
CREATE VIEW catalog_v_tree AS SELECT * FROM catalog_category_tree;
CREATE VIEW catalog_v_offers AS SELECT id, product_id, seller_id, active, backorder FROM catalog_offers;
CREATE VIEW catalog_v_sellers AS SELECT id, code, name FROM catalog_sellers
