-- home: customer
-- An entry says which accounts it moves: one column an account, debits positive. An entry of the version before (kind 0) names its two
-- accounts in words, and payments_v_entries reads both forms: nothing is rewritten, and both versions may write side by side.
ALTER TABLE payments_ledger ADD COLUMN kind @int NOT NULL DEFAULT 0;
ALTER TABLE payments_ledger ADD COLUMN gateway @int NOT NULL DEFAULT 0;
ALTER TABLE payments_ledger ADD COLUMN receivable @int NOT NULL DEFAULT 0;
ALTER TABLE payments_ledger ADD COLUMN sales @int NOT NULL DEFAULT 0;
ALTER TABLE payments_ledger ADD COLUMN shipping @int NOT NULL DEFAULT 0;
ALTER TABLE payments_ledger ADD COLUMN tax @int NOT NULL DEFAULT 0;
ALTER TABLE payments_ledger ADD COLUMN refunds @int NOT NULL DEFAULT 0;
-- The entries of a day, and the newest first. Time grows, so its last page is the only one that writes touch.
CREATE INDEX payments_ledger_by_time ON payments_ledger (at, payment_id, entry);
CREATE VIEW payments_v_entries AS
  SELECT e.payment_id, e.entry, e.at, e.currency, COALESCE(p.order_id, 0) AS order_id,
         CASE WHEN e.kind <> 0 THEN e.kind WHEN e.debit = 'gateway' THEN 2 ELSE 3 END AS kind,
         CASE WHEN e.kind <> 0 THEN e.gateway WHEN e.debit = 'gateway' THEN e.amount ELSE -e.amount END AS gateway,
         e.receivable,
         CASE WHEN e.kind <> 0 THEN e.sales WHEN e.debit = 'gateway' THEN -e.amount ELSE 0 END AS sales,
         e.shipping, e.tax,
         CASE WHEN e.kind <> 0 THEN e.refunds WHEN e.debit = 'gateway' THEN 0 ELSE e.amount END AS refunds
    FROM payments_ledger e LEFT JOIN payments_payments p ON p.id = e.payment_id;
-- What each day's comparison with the gateway came to. `day` counts from 1970-01-01.
CREATE TABLE payments_settlements (
  day @int PRIMARY KEY,
  made_at @int NOT NULL,
  differences @int NOT NULL,
  document @text NOT NULL
);
