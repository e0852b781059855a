-- home: global
-- state: 0 queued, 1 running, 2 done, 3 failed. `token` grows with each claim and fences off a runner that lost its lease.
-- run_at: when a queued job may start; of a running one when its lease ends.
CREATE TABLE job_jobs (
  id @id PRIMARY KEY, kind @text NOT NULL, payload @text NOT NULL, state @int NOT NULL, progress @text NOT NULL, error @text,
  failures @int NOT NULL, token @int NOT NULL, run_at @int NOT NULL, unique_key @text, holder @text NOT NULL,
  created_at @int NOT NULL, updated_at @int NOT NULL
);
CREATE INDEX job_jobs_open ON job_jobs (run_at) WHERE state < 2;
CREATE UNIQUE INDEX job_jobs_unique ON job_jobs (unique_key) WHERE state < 2;
