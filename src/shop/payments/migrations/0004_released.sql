-- home: customer
-- What of a promise is not going to be taken, since its lines were cancelled before.
ALTER TABLE payments_payments ADD COLUMN released @int NOT NULL DEFAULT 0;
