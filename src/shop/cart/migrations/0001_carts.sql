-- home: customer
CREATE TABLE cart_carts (
  customer_id @id PRIMARY KEY,
  version @int NOT NULL,
  currency @text NOT NULL,
  lines @text NOT NULL,
  saved @text NOT NULL,
  coupons @text NOT NULL,
  claimed_by @id NOT NULL,
  claimed_version @int NOT NULL,
  claimed_lines @text,
  bought_by @id NOT NULL,
  bought_version @int NOT NULL,
  created_at @int NOT NULL,
  updated_at @int NOT NULL,
  expires_at @int NOT NULL
);
