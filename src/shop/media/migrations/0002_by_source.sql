-- home: catalog
-- An import asks whether an address was fetched lately.
CREATE INDEX media_items_by_source ON media_items (source, created_at);
