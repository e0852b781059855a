-- home: customer
-- What the shop owes people: gift cards, which belong to whoever has the code, and store credit, one a customer and currency.
-- `name` is what leads to it: a hash of the code, or the customer and the currency. `origin` is what made it, so that nothing makes it twice.
CREATE TABLE credit_accounts (
  id @id PRIMARY KEY, kind @int NOT NULL, state @int NOT NULL, name @text NOT NULL, origin @text NOT NULL, customer_id @int NOT NULL,
  currency @text NOT NULL, balance @int NOT NULL, issued @int NOT NULL, expires_at @int NOT NULL, ending @text NOT NULL,
  email @text NOT NULL, note @text NOT NULL, order_id @int NOT NULL, line_id @int NOT NULL, unsent @text NOT NULL,
  created_at @int NOT NULL, updated_at @int NOT NULL,
  CHECK (balance >= 0), CHECK (issued >= 0)
);
CREATE UNIQUE INDEX credit_accounts_by_name ON credit_accounts (name);
CREATE UNIQUE INDEX credit_accounts_by_origin ON credit_accounts (origin);
CREATE INDEX credit_accounts_of_line ON credit_accounts (line_id, id) WHERE line_id <> 0;
CREATE INDEX credit_accounts_of_customer ON credit_accounts (customer_id, id) WHERE customer_id <> 0;
-- Each change of a balance, once by its key; together they are the balance.
CREATE TABLE credit_movements (
  account_id @int NOT NULL, entry @text NOT NULL, kind @int NOT NULL, amount @int NOT NULL, at @int NOT NULL, actor @text NOT NULL,
  reason @text NOT NULL, PRIMARY KEY (account_id, entry)
) @clustered;
CREATE INDEX credit_movements_by_time ON credit_movements (account_id, at, entry);
-- What a payment took or holds of an account, by the payment's key. One of no account is what was voided before it was charged: it never will be.
CREATE TABLE credit_charges (
  charge_key @text PRIMARY KEY, account_id @int NOT NULL, checkout_id @int NOT NULL, state @int NOT NULL, amount @int NOT NULL,
  refunded @int NOT NULL, currency @text NOT NULL, decline @text NOT NULL, created_at @int NOT NULL, updated_at @int NOT NULL,
  CHECK (refunded >= 0 AND refunded <= amount)
);
CREATE INDEX credit_charges_of_account ON credit_charges (account_id, charge_key);
