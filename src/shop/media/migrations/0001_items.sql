-- home: catalog
-- One row a picture or drawing; its bytes, and what is made of them, lie in the blob store under the same hash.
CREATE TABLE media_items (
  id @id PRIMARY KEY, hash @text NOT NULL UNIQUE, format @int NOT NULL, width @int NOT NULL, height @int NOT NULL,
  bytes @int NOT NULL, source @text NOT NULL, created_at @int NOT NULL
);
