-- home: every
-- A dead letter keeps its event, since the log may forget it. What the log has forgotten: some of the events up to
-- `through_id` that became true before `before_at`.
ALTER TABLE consumer_dead_letters ADD COLUMN body @text NOT NULL DEFAULT '';
ALTER TABLE consumer_dead_letters ADD COLUMN event_at @int NOT NULL DEFAULT 0;
CREATE TABLE outbox_pruned (id @int PRIMARY KEY, through_id @int NOT NULL, before_at @int NOT NULL);
