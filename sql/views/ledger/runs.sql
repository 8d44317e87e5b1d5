-- The passes of watch.
CREATE OR REPLACE VIEW runs AS
SELECT
  run_id,
  as_of,
  started_at,
  finished_at,
  observations,
  assessments,
  events,
  notifications
FROM run;

COMMENT ON VIEW runs IS 'The passes of watch, one row each.';
COMMENT ON COLUMN runs.run_id IS 'Id of the pass.';
COMMENT ON COLUMN runs.as_of IS 'The moment that everything was judged at.';
COMMENT ON COLUMN runs.started_at IS 'When it began.';
COMMENT ON COLUMN runs.finished_at IS 'When it ended; NULL if it died or is still under way.';
COMMENT ON COLUMN runs.observations IS 'Observations that it added.';
COMMENT ON COLUMN runs.assessments IS 'Assessments that it added.';
COMMENT ON COLUMN runs.events IS 'Things that happened to incidents.';
COMMENT ON COLUMN runs.notifications IS 'Rows that it put into the outbox.';
