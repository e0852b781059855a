-- home: catalog
-- What a listing shows and filters by; follows the stock's events within a second. No row: out of stock.
CREATE TABLE showcase_availability (product_id @id PRIMARY KEY, status @int NOT NULL) @clustered
