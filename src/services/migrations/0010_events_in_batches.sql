-- home: every
-- Where many functions commit as one that keeps all others out, their events go straight to the log. Their positions and those
-- that the relay gives come from one sequence.
@postgres
CREATE SEQUENCE outbox_positions;
SELECT setval('outbox_positions', (SELECT value FROM outbox_counter WHERE id = 1) + 1, false);
ALTER TABLE outbox_events ALTER COLUMN id SET DEFAULT nextval('outbox_positions');
@end
