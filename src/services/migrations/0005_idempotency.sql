-- home: every
-- state: 0 running, 1 answered.
CREATE TABLE idempotency_answers (
  caller @text NOT NULL, route @text NOT NULL, idempotency_key @text NOT NULL, request_hash @blob NOT NULL, state @int NOT NULL,
  token @int NOT NULL, held_until @int NOT NULL, status @int NOT NULL, headers @text NOT NULL, body @text NOT NULL,
  created_at @int NOT NULL, PRIMARY KEY (caller, route, idempotency_key)
) @clustered;
CREATE INDEX idempotency_answers_age ON idempotency_answers (created_at);
