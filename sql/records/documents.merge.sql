-- A document that moves to another month changes the month that it leaves too: that one is to be measured again.
INSERT INTO touched_period BY NAME
SELECT DISTINCT
  fresh.batch_id,
  $source AS source,
  CAST(date_trunc('month', held.registered_on) AS DATE) AS period_start,
  last_day(held.registered_on) AS period_end
FROM documents AS held
JOIN staged AS fresh ON fresh.record_id = held.record_id
WHERE held.known_to IS NULL
  AND date_trunc('month', held.registered_on) IS DISTINCT FROM date_trunc('month', fresh.registered_on);

-- Closes the versions that `staged` changes, then adds what is new. A document that is fetched again unchanged stays as it is.
MERGE INTO documents AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.direction IS DISTINCT FROM fresh.direction
  OR held.tier IS DISTINCT FROM fresh.tier
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.registered_on IS DISTINCT FROM fresh.registered_on
  OR held.handled_on IS DISTINCT FROM fresh.handled_on
  OR held.handling IS DISTINCT FROM fresh.handling
  OR held.withdrawn IS DISTINCT FROM fresh.withdrawn
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO documents
SELECT
  fresh.record_id,
  fresh.direction,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.registered_on,
  fresh.handled_on,
  fresh.handling,
  fresh.withdrawn,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM documents AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
