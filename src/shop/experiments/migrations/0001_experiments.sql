-- home: global
-- What staff say of each, whole, as JSON; what became of it in columns.
CREATE TABLE experiments_experiments (
  key @text PRIMARY KEY,
  id @id NOT NULL UNIQUE,
  version @int NOT NULL,
  state @int NOT NULL,
  document @text NOT NULL,
  created_at @int NOT NULL,
  started_at @int,
  ended_at @int,
  winner @text,
  share_changed @int NOT NULL,
  results @text,
  forgotten @int NOT NULL
);
