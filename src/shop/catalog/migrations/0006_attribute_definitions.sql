-- home: catalog
-- What a category says of its products' attributes, as one document; what is below it inherits. Only of categories that say anything.
CREATE TABLE catalog_attribute_definitions (
  category_id @id PRIMARY KEY, version @int NOT NULL, updated_at @int NOT NULL, definitions @text NOT NULL
) @clustered
