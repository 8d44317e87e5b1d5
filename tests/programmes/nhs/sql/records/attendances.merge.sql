-- Closes the versions that `staged` changes, then adds what is new: a revised month changes what it revises and nothing else.
MERGE INTO attendances AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.type_1 IS DISTINCT FROM fresh.type_1
  OR held.type_2 IS DISTINCT FROM fresh.type_2
  OR held.other IS DISTINCT FROM fresh.other
  OR held.booked_1 IS DISTINCT FROM fresh.booked_1
  OR held.booked_2 IS DISTINCT FROM fresh.booked_2
  OR held.booked_other IS DISTINCT FROM fresh.booked_other
  OR held.over_1 IS DISTINCT FROM fresh.over_1
  OR held.over_2 IS DISTINCT FROM fresh.over_2
  OR held.over_other IS DISTINCT FROM fresh.over_other
  OR held.booked_over_1 IS DISTINCT FROM fresh.booked_over_1
  OR held.booked_over_2 IS DISTINCT FROM fresh.booked_over_2
  OR held.booked_over_other IS DISTINCT FROM fresh.booked_over_other
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO attendances
SELECT
  fresh.record_id,
  fresh.month,
  fresh.type_1,
  fresh.type_2,
  fresh.other,
  fresh.booked_1,
  fresh.booked_2,
  fresh.booked_other,
  fresh.over_1,
  fresh.over_2,
  fresh.over_other,
  fresh.booked_over_1,
  fresh.booked_over_2,
  fresh.booked_over_other,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM attendances AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
