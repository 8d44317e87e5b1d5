-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO lgsp AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.system IS DISTINCT FROM fresh.system
  OR held.counted_on IS DISTINCT FROM fresh.counted_on
  OR held.connected IS DISTINCT FROM fresh.connected
  OR held.calls IS DISTINCT FROM fresh.calls
  OR held.calls_succeeded IS DISTINCT FROM fresh.calls_succeeded
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO lgsp
SELECT
  fresh.record_id,
  fresh.system,
  fresh.counted_on,
  fresh.connected,
  fresh.calls,
  fresh.calls_succeeded,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1 FROM lgsp AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
