-- home: customer
ALTER TABLE accounts_customers ADD COLUMN cart_mails @int NOT NULL DEFAULT 1;
