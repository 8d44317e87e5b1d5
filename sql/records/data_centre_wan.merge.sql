-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is, and so does a
-- day of which less is known than before: a monitoring server forgets what is older than its retention.
MERGE INTO data_centre_wan AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND fresh.checks_up + fresh.checks_down >= held.checks_up + held.checks_down AND (
  held.system IS DISTINCT FROM fresh.system
  OR held.counted_on IS DISTINCT FROM fresh.counted_on
  OR held.checks_up IS DISTINCT FROM fresh.checks_up
  OR held.checks_down IS DISTINCT FROM fresh.checks_down
  OR held.checks_missing IS DISTINCT FROM fresh.checks_missing
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO data_centre_wan
SELECT
  fresh.record_id,
  fresh.system,
  fresh.counted_on,
  fresh.checks_up,
  fresh.checks_down,
  fresh.checks_missing,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1 FROM data_centre_wan AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
