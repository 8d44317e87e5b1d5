-- Closes the versions that `staged` changes, then adds what is new.
MERGE INTO requests AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.channel IS DISTINCT FROM fresh.channel
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.opened_at IS DISTINCT FROM fresh.opened_at
  OR held.target_at IS DISTINCT FROM fresh.target_at
  OR held.closed_at IS DISTINCT FROM fresh.closed_at
  OR held.flag IS DISTINCT FROM fresh.flag
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO requests
SELECT
  fresh.record_id,
  fresh.channel,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.opened_at,
  fresh.target_at,
  fresh.closed_at,
  fresh.flag,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM requests AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
