-- home: stock
-- Promotions lie beside the stock because their uses run out with it: a purchase takes units and uses in one transaction.
CREATE TABLE promotions_promotions (
  id @id PRIMARY KEY, status @int NOT NULL, version @int NOT NULL, document @text NOT NULL, max_uses @int NOT NULL, budget_minor @int NOT NULL,
  uses @int NOT NULL, spent_minor @int NOT NULL, created_at @int NOT NULL, updated_at @int NOT NULL,
  CHECK (uses >= 0), CHECK (spent_minor >= 0)
);
CREATE TABLE promotions_coupons (
  code @text PRIMARY KEY, promotion_id @id NOT NULL, max_uses @int NOT NULL, uses @int NOT NULL, active @int NOT NULL, created_at @int NOT NULL,
  CHECK (uses >= 0)
);
CREATE INDEX promotions_coupons_of ON promotions_coupons (promotion_id, code);
-- Who used what: by the reservation of the purchase, so that both are let go together. Only of promotions that run out.
CREATE TABLE promotions_uses (
  reservation_id @id NOT NULL, promotion_id @id NOT NULL, customer_id @id NOT NULL, code @text NOT NULL, amount_minor @int NOT NULL,
  used_at @int NOT NULL, PRIMARY KEY (reservation_id, promotion_id)
) @clustered;
CREATE INDEX promotions_uses_of ON promotions_uses (customer_id, promotion_id);
