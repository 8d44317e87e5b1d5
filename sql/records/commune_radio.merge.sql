-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO commune_radio AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
  OR held.station IS DISTINCT FROM fresh.station
  OR held.as_of IS DISTINCT FROM fresh.as_of
  OR held.technology IS DISTINCT FROM fresh.technology
  OR held.ai_programmes IS DISTINCT FROM fresh.ai_programmes
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO commune_radio
SELECT
  fresh.record_id,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.station,
  fresh.as_of,
  fresh.technology,
  fresh.ai_programmes,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM commune_radio AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
