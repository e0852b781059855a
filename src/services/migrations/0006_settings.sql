-- home: global
CREATE TABLE setting_values (name @text PRIMARY KEY, value @text NOT NULL, updated_at @int NOT NULL) @clustered;
