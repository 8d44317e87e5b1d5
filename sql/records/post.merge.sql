-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO post AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
  OR held.area IS DISTINCT FROM fresh.area
  OR held.as_of IS DISTINCT FROM fresh.as_of
  OR held.service_points IS DISTINCT FROM fresh.service_points
  OR held.households IS DISTINCT FROM fresh.households
  OR held.households_coded IS DISTINCT FROM fresh.households_coded
  OR held.withdrawn IS DISTINCT FROM fresh.withdrawn
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO post
SELECT
  fresh.record_id,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.area,
  fresh.as_of,
  fresh.service_points,
  fresh.households,
  fresh.households_coded,
  fresh.withdrawn,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM post AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
