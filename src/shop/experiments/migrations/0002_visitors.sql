-- home: telemetry
-- Whom an experiment was shown to, by a number that says nothing about them, and what they bought afterwards.
CREATE TABLE experiments_visitors (
  experiment_id @id NOT NULL,
  visitor @int NOT NULL,
  arm @int NOT NULL,
  first_at @int NOT NULL,
  orders @int NOT NULL,
  revenue @int NOT NULL,
  PRIMARY KEY (experiment_id, visitor)
) @clustered;
