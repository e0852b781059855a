-- home: customer
CREATE TABLE accounts_customers (
  id @id PRIMARY KEY,
  email @text NOT NULL,
  email_folded @text NOT NULL,
  name @text NOT NULL,
  created_at @int NOT NULL,
  updated_at @int NOT NULL
);
CREATE UNIQUE INDEX accounts_by_email ON accounts_customers (email_folded);
