MERGE INTO visit AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND held.online IS DISTINCT FROM fresh.online THEN UPDATE SET known_to = $known_at;

INSERT INTO visit
SELECT
  fresh.record_id,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.visited_on,
  fresh.online,
  $batch_id AS batch_id,
  fresh.known_from,
  NULL AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (FROM visit AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
