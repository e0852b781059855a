-- home: global
CREATE TABLE importing_mappings (name @text PRIMARY KEY, document @text NOT NULL, updated_at @int NOT NULL) @clustered;
