-- home: global
-- What staff say of each zone, whole, as JSON: they are few, read together, and compiled in memory.
CREATE TABLE shipping_zones (
  code @text PRIMARY KEY,
  version @int NOT NULL,
  document @text NOT NULL,
  updated_at @int NOT NULL
);

INSERT INTO shipping_zones (code, version, document, updated_at)
VALUES ('everywhere', 1,
        '{"code":"everywhere","name":"Everywhere","options":[{"code":"standard","label":"Standard","rate":{"by":"free"}}]}', 0)
ON CONFLICT (code) DO NOTHING;
