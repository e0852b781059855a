-- home: catalog
CREATE TABLE pricing_lists (
  code @text PRIMARY KEY, currency @text NOT NULL, segments @text NOT NULL, starts_at @int, ends_at @int, priority @int NOT NULL,
  version @int NOT NULL, created_at @int NOT NULL, updated_at @int NOT NULL
);
-- By offer first: a cart asks for its lines, whatever the list.
CREATE TABLE pricing_list_prices (
  offer_id @id NOT NULL, code @text NOT NULL, price_minor @int NOT NULL, PRIMARY KEY (offer_id, code), CHECK (price_minor >= 0)
) @clustered;
CREATE INDEX pricing_list_prices_of ON pricing_list_prices (code, offer_id)
