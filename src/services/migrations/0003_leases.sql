-- home: global
CREATE TABLE lease_leases (
  name @text PRIMARY KEY, holder @text NOT NULL, token @int NOT NULL, expires_at @int NOT NULL
) @clustered;
