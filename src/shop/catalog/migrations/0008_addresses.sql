-- home: catalog
-- Slugs that products (kind 1) and categories (kind 2) had before they had another: addresses with them lead to the owner's present one.
CREATE TABLE catalog_former_slugs (
  kind @int NOT NULL, slug @text NOT NULL, owner_id @id NOT NULL, since @int NOT NULL, PRIMARY KEY (kind, slug)
) @clustered;
CREATE INDEX catalog_former_slugs_of ON catalog_former_slugs (owner_id);

-- The addresses of brands. One that products had before this table gets its slug when the shop tidies up.
CREATE TABLE catalog_brands (name_fold @text PRIMARY KEY, slug @text UNIQUE, name @text NOT NULL) @clustered;
INSERT INTO catalog_brands (name_fold, slug, name)
  SELECT brand_fold, NULL, MIN(brand) FROM catalog_listing WHERE brand_fold <> '' GROUP BY brand_fold;

-- The titles in other languages, {"de": "…"}; empty for most. Of a product that is there already: once it is saved again.
ALTER TABLE catalog_listing ADD COLUMN titles @text NOT NULL DEFAULT '';
DROP VIEW catalog_v_listing;
CREATE VIEW catalog_v_listing AS SELECT * FROM catalog_listing
