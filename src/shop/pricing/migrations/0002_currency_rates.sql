-- home: catalog
-- The table that the operator brought last; every row says the same base and day.
CREATE TABLE pricing_rates (currency @text PRIMARY KEY, base @text NOT NULL, rate_nano @int NOT NULL, as_of @int NOT NULL, CHECK (rate_nano > 0))
