-- home: global
-- A rate by what it is the rate of: place, class, name and since when. Few tables of the world have more than some ten thousand; they are
-- read together, and compiled in memory.
CREATE TABLE tax_rates (
  id @id PRIMARY KEY,
  rate_key @text NOT NULL UNIQUE,
  version @int NOT NULL,
  document @text NOT NULL,
  updated_at @int NOT NULL
);

CREATE TABLE tax_settings (
  id @id PRIMARY KEY,
  version @int NOT NULL,
  document @text NOT NULL,
  updated_at @int NOT NULL
);

INSERT INTO tax_settings (id, version, document, updated_at) VALUES (1, 1, '{}', 0) ON CONFLICT (id) DO NOTHING;

-- Buyers who owe no tax, by their number.
CREATE TABLE tax_exemptions (
  tax_id @text PRIMARY KEY,
  version @int NOT NULL,
  document @text NOT NULL,
  updated_at @int NOT NULL
);
