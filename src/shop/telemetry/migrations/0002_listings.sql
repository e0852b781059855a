-- home: telemetry
-- How often a category or what a search found was looked at.
ALTER TABLE telemetry_days ADD COLUMN listings @int NOT NULL DEFAULT 0;
