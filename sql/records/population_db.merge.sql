-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO population_db AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.counted_on IS DISTINCT FROM fresh.counted_on
  OR held.dossiers_looked_up IS DISTINCT FROM fresh.dossiers_looked_up
  OR held.dossiers_verified IS DISTINCT FROM fresh.dossiers_verified
  OR held.checks IS DISTINCT FROM fresh.checks
  OR held.checks_up IS DISTINCT FROM fresh.checks_up
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO population_db
SELECT
  fresh.record_id,
  fresh.counted_on,
  fresh.dossiers_looked_up,
  fresh.dossiers_verified,
  fresh.checks,
  fresh.checks_up,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1 FROM population_db AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
