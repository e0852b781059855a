-- home: catalog
-- What staff put beside a product, by kind and in their order. Neither side outlives its product.
CREATE TABLE catalog_related (
  product_id @id NOT NULL, kind @int NOT NULL, place @int NOT NULL, related_id @id NOT NULL, PRIMARY KEY (product_id, kind, place)
) @clustered;
CREATE INDEX catalog_related_to ON catalog_related (related_id)
