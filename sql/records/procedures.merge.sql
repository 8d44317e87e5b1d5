-- A dossier that moves to another month changes the month that it leaves too: that one is to be measured again.
INSERT INTO touched_period BY NAME
SELECT DISTINCT
  batch_id,
  $source AS source,
  CAST(date_trunc('month', left_on) AS DATE) AS period_start,
  last_day(left_on) AS period_end
FROM (
  SELECT fresh.batch_id, held.received_on AS left_on
  FROM procedures AS held
  JOIN staged AS fresh ON fresh.record_id = held.record_id
  WHERE held.known_to IS NULL
    AND date_trunc('month', held.received_on) IS DISTINCT FROM date_trunc('month', fresh.received_on)
  UNION ALL
  SELECT fresh.batch_id, held.due_on AS left_on
  FROM procedures AS held
  JOIN staged AS fresh ON fresh.record_id = held.record_id
  WHERE held.known_to IS NULL
    AND date_trunc('month', held.due_on) IS DISTINCT FROM date_trunc('month', fresh.due_on)
)
WHERE left_on IS NOT NULL;

-- Closes the versions that `staged` changes, then adds what is new. A dossier that is delivered again unchanged stays as it is.
MERGE INTO procedures AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.procedure IS DISTINCT FROM fresh.procedure
  OR held.sector IS DISTINCT FROM fresh.sector
  OR held.tier IS DISTINCT FROM fresh.tier
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.received_on IS DISTINCT FROM fresh.received_on
  OR held.due_on IS DISTINCT FROM fresh.due_on
  OR held.finished_on IS DISTINCT FROM fresh.finished_on
  OR held.channel IS DISTINCT FROM fresh.channel
  OR held.digitally_signed IS DISTINCT FROM fresh.digitally_signed
  OR held.paid_online IS DISTINCT FROM fresh.paid_online
  OR held.identity_verified IS DISTINCT FROM fresh.identity_verified
  OR held.came_in_person IS DISTINCT FROM fresh.came_in_person
  OR held.satisfaction IS DISTINCT FROM fresh.satisfaction
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO procedures
SELECT
  fresh.record_id,
  fresh.procedure,
  fresh.sector,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.received_on,
  fresh.due_on,
  fresh.finished_on,
  fresh.channel,
  fresh.digitally_signed,
  fresh.paid_online,
  fresh.identity_verified,
  fresh.came_in_person,
  fresh.satisfaction,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM procedures AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
