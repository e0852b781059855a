-- home: customer
ALTER TABLE accounts_customers ADD COLUMN member_until @int;
ALTER TABLE accounts_customers ADD COLUMN segments @text NOT NULL DEFAULT '[]';
