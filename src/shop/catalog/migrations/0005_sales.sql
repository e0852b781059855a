-- home: catalog
-- `price_minor` stays what staff set. `sale_minor` is the lowest of the sales that run, as pages show it; `sales` is the timetable of those that are
-- not over, by which purchases go; `lowest_minor` the lowest price of the 30 days before the present one. An offer that was never reduced has none.
ALTER TABLE catalog_offers ADD COLUMN sale_minor @int;
ALTER TABLE catalog_offers ADD COLUMN lowest_minor @int;
ALTER TABLE catalog_offers ADD COLUMN sales @text NOT NULL DEFAULT '';

CREATE TABLE catalog_sales (
  id @id PRIMARY KEY, batch_id @id NOT NULL, offer_id @id NOT NULL, price_minor @int NOT NULL, currency @text NOT NULL, starts_at @int NOT NULL,
  ends_at @int NOT NULL, label @text NOT NULL, created_at @int NOT NULL, cancelled_at @int, CHECK (price_minor >= 0), CHECK (starts_at < ends_at)
);
CREATE INDEX catalog_sales_of_offer ON catalog_sales (offer_id, ends_at);
CREATE INDEX catalog_sales_of_batch ON catalog_sales (batch_id, id);
CREATE INDEX catalog_sales_by_end ON catalog_sales (ends_at);
-- When the next sale of an offer begins or ends; only of offers that have one. `turned_at`: up to when the offer follows its timetable.
CREATE TABLE catalog_turns (offer_id @id PRIMARY KEY, turns_at @int NOT NULL, turned_at @int NOT NULL) @clustered;
CREATE INDEX catalog_turns_due ON catalog_turns (turns_at);
CREATE INDEX catalog_turns_done ON catalog_turns (turned_at);
-- A row a change, with the price before: what never changed has none.
CREATE TABLE catalog_price_history (
  offer_id @id NOT NULL, changed_at @int NOT NULL, price_minor @int NOT NULL, previous_minor @int NOT NULL, currency @text NOT NULL,
  PRIMARY KEY (offer_id, changed_at)
) @clustered;
CREATE INDEX catalog_price_history_by_age ON catalog_price_history (changed_at)
