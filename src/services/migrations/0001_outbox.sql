-- home: every
-- The log of facts. Where one writer commits (SQLite) rows go straight to outbox_events and the row id is the position.
-- Where commits may come in another order than ids (PostgreSQL) they wait in outbox_pending until the relay gives positions.
CREATE TABLE outbox_events (id @id PRIMARY KEY, name @text NOT NULL, subject @text NOT NULL, body @text NOT NULL, at @int NOT NULL);
CREATE TABLE outbox_pending (id @serial, name @text NOT NULL, subject @text NOT NULL, body @text NOT NULL, at @int NOT NULL);
CREATE TABLE outbox_counter (id @int PRIMARY KEY, value @int NOT NULL);
INSERT INTO outbox_counter (id, value) VALUES (1, 0);
