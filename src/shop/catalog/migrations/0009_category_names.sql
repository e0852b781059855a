-- home: catalog
-- What a category is called in other languages, {"de": "…"}; empty for most.
ALTER TABLE catalog_categories ADD COLUMN names @text NOT NULL DEFAULT '';
