-- home: catalog
-- What facets count and listings sort by lies in the index, so that a large category is read without its products' rows; one for brands
-- alike; and an order for "best selling", which sorted the whole catalogue.
DROP INDEX catalog_listing_by_category;
CREATE INDEX catalog_listing_by_category ON catalog_listing (category_id, currency, product_id, price_min, rating_milli, brand);
CREATE INDEX catalog_listing_by_brand ON catalog_listing (brand_fold, currency, product_id, price_min, rating_milli, brand, category_id);
CREATE INDEX catalog_listing_by_sold ON catalog_listing (currency, sold, product_id)
