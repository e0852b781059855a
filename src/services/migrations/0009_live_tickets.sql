-- home: global
-- Tickets for GET /live that were used, until they are too old to be used again.
CREATE TABLE live_tickets (nonce @text PRIMARY KEY, used_at @int NOT NULL) @clustered;
CREATE INDEX live_tickets_age ON live_tickets (used_at);
