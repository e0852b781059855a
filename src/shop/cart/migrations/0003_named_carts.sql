-- home: customer
-- Carts that are kept under a name beside the one that is bought from; others may hold them together with their owner.
CREATE TABLE cart_named (
  id @id PRIMARY KEY, owner_id @id NOT NULL, name @text NOT NULL, version @int NOT NULL, lines @text NOT NULL, members @text NOT NULL,
  link @int NOT NULL, shared @int NOT NULL, created_at @int NOT NULL, updated_at @int NOT NULL, expires_at @int NOT NULL
);
CREATE INDEX cart_named_of ON cart_named (owner_id, id);
CREATE INDEX cart_named_expiry ON cart_named (expires_at);
CREATE TABLE cart_named_members (
  customer_id @id NOT NULL, cart_id @id NOT NULL, PRIMARY KEY (customer_id, cart_id)
) @clustered;
