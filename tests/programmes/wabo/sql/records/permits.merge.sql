-- Closes the versions that `staged` changes, then adds what is new.
MERGE INTO permits AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.channel IS DISTINCT FROM fresh.channel
  OR held.received_at IS DISTINCT FROM fresh.received_at
  OR held.closed_at IS DISTINCT FROM fresh.closed_at
  OR held.deadline IS DISTINCT FROM fresh.deadline
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO permits
SELECT
  fresh.record_id,
  fresh.channel,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.received_at,
  fresh.closed_at,
  fresh.deadline,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM permits AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
