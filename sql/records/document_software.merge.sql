-- Closes the versions that `staged` changes, then adds what is new. What is fetched again unchanged stays as it is.
MERGE INTO document_software AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.connected IS DISTINCT FROM fresh.connected
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO document_software
SELECT
  fresh.record_id,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.as_of,
  fresh.period_start,
  fresh.period_end,
  fresh.connected,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1 FROM document_software AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
