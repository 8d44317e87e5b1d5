-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO open_data_portal AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.data_set IS DISTINCT FROM fresh.data_set
  OR held.publisher IS DISTINCT FROM fresh.publisher
  OR held.checked_on IS DISTINCT FROM fresh.checked_on
  OR held.published IS DISTINCT FROM fresh.published
  OR held.resources IS DISTINCT FROM fresh.resources
  OR held.updated_on IS DISTINCT FROM fresh.updated_on
  OR held.updated_by IS DISTINCT FROM fresh.updated_by
  OR held.every_days IS DISTINCT FROM fresh.every_days
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO open_data_portal
SELECT
  fresh.record_id,
  fresh.data_set,
  fresh.publisher,
  fresh.checked_on,
  fresh.published,
  fresh.resources,
  fresh.updated_on,
  fresh.updated_by,
  fresh.every_days,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1 FROM open_data_portal AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
