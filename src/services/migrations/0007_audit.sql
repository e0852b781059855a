-- home: every
CREATE TABLE audit_entries (
  id @id PRIMARY KEY, actor @text NOT NULL, action @text NOT NULL, subject @text NOT NULL, detail @text NOT NULL, at @int NOT NULL
);
CREATE INDEX audit_entries_subject ON audit_entries (subject, id);
CREATE INDEX audit_entries_actor ON audit_entries (actor, id);
