-- home: customer
ALTER TABLE cart_carts ADD COLUMN extras @text;
ALTER TABLE cart_carts ADD COLUMN guest @int NOT NULL DEFAULT 1;
ALTER TABLE cart_carts ADD COLUMN reminded @int NOT NULL DEFAULT 0;
