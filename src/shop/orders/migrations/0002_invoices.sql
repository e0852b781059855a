-- home: customer
-- An order's invoice (part 0) and a credit note for each of its cancellations (their numbers). All share one row of numbers a year; the
-- row of the year is held until the invoice is written, so no number is left out and none is given twice.
CREATE TABLE orders_invoice_years (
  year @int PRIMARY KEY,
  last_number @int NOT NULL
);
CREATE TABLE orders_invoices (
  order_id @id NOT NULL,
  part @int NOT NULL,
  year @int NOT NULL,
  number @int NOT NULL,
  issued_at @int NOT NULL,
  PRIMARY KEY (order_id, part)
) @clustered;
CREATE UNIQUE INDEX orders_invoices_by_number ON orders_invoices (year, number);
