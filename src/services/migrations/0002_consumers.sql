-- home: every
CREATE TABLE consumer_positions (
  consumer @text NOT NULL, stream @text NOT NULL, position @int NOT NULL, PRIMARY KEY (consumer, stream)
) @clustered;
CREATE TABLE consumer_dead_letters (
  consumer @text NOT NULL, stream @text NOT NULL, position @int NOT NULL, name @text NOT NULL, subject @text NOT NULL,
  reason @text NOT NULL, at @int NOT NULL, PRIMARY KEY (consumer, stream, position)
) @clustered;
