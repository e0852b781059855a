-- home: customer
-- Two accounts more: what the shop owes in gift cards and store credit, and what it gave away in them. 0 in all that was written before.
ALTER TABLE payments_ledger ADD COLUMN customer_credit @int NOT NULL DEFAULT 0;
ALTER TABLE payments_ledger ADD COLUMN goodwill @int NOT NULL DEFAULT 0;
DROP VIEW payments_v_entries;
CREATE VIEW payments_v_entries AS
  SELECT e.payment_id, e.entry, e.at, e.currency, COALESCE(p.order_id, 0) AS order_id,
         CASE WHEN e.kind <> 0 THEN e.kind WHEN e.debit = 'gateway' THEN 2 ELSE 3 END AS kind,
         CASE WHEN e.kind <> 0 THEN e.gateway WHEN e.debit = 'gateway' THEN e.amount ELSE -e.amount END AS gateway,
         e.receivable,
         CASE WHEN e.kind <> 0 THEN e.sales WHEN e.debit = 'gateway' THEN -e.amount ELSE 0 END AS sales,
         e.shipping, e.tax,
         CASE WHEN e.kind <> 0 THEN e.refunds WHEN e.debit = 'gateway' THEN 0 ELSE e.amount END AS refunds,
         e.customer_credit, e.goodwill
    FROM payments_ledger e LEFT JOIN payments_payments p ON p.id = e.payment_id;
