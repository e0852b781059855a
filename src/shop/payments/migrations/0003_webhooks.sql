-- home: customer
-- Every event that a gateway told us, by its own id: what comes again is known. `handled` counts how often it had its effect.
CREATE TABLE payments_webhooks (
  gateway @text NOT NULL,
  event @text NOT NULL,
  body_hash @text NOT NULL,
  received_at @int NOT NULL,
  handled @int NOT NULL,
  PRIMARY KEY (gateway, event)
) @clustered;
CREATE INDEX payments_webhooks_by_time ON payments_webhooks (received_at);
