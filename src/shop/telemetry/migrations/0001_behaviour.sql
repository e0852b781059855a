-- home: telemetry
-- Sums by day (days since 1970), never a visitor. `visitors` is a set of 62 places, of which a visitor's number picks one: enough
-- to tell one who asks often from several, and for nothing else.
CREATE TABLE telemetry_days (
  day @int PRIMARY KEY,
  views @int NOT NULL, clicks @int NOT NULL, carts @int NOT NULL, searches @int NOT NULL, zero_results @int NOT NULL
);
CREATE TABLE telemetry_products (
  product_id @id NOT NULL,
  day @int NOT NULL,
  views @int NOT NULL, clicks @int NOT NULL, carts @int NOT NULL,
  PRIMARY KEY (product_id, day)
) @clustered;
CREATE INDEX telemetry_products_by_day ON telemetry_products (day);

-- What was bought, by the day of the order; what was cancelled, by the day of the cancellation.
CREATE TABLE telemetry_sales (
  product_id @id NOT NULL,
  day @int NOT NULL,
  purchases @int NOT NULL, units @int NOT NULL, cancelled @int NOT NULL,
  changed_at @int NOT NULL,
  PRIMARY KEY (product_id, day)
) @clustered;
CREATE INDEX telemetry_sales_by_day ON telemetry_sales (day);
CREATE INDEX telemetry_sales_by_change ON telemetry_sales (changed_at);

-- Words as they are compared, and as somebody wrote them. `positions` is the sum over `placed` clicks.
CREATE TABLE telemetry_queries (
  query @text NOT NULL,
  day @int NOT NULL,
  words @text NOT NULL,
  searches @int NOT NULL, zero_results @int NOT NULL, clicks @int NOT NULL, placed @int NOT NULL, positions @int NOT NULL,
  visitors @int NOT NULL,
  PRIMARY KEY (query, day)
) @clustered;
CREATE INDEX telemetry_queries_by_day ON telemetry_queries (day);

-- The same by arms of experiments.
CREATE TABLE telemetry_arms (
  arm @text NOT NULL,
  day @int NOT NULL,
  searches @int NOT NULL, zero_results @int NOT NULL, clicks @int NOT NULL, placed @int NOT NULL, positions @int NOT NULL,
  PRIMARY KEY (arm, day)
) @clustered;
