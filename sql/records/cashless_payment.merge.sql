-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO cashless_payment AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
  OR held.as_of IS DISTINCT FROM fresh.as_of
  OR held.people IS DISTINCT FROM fresh.people
  OR held.people_with_account IS DISTINCT FROM fresh.people_with_account
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO cashless_payment
SELECT
  fresh.record_id,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.as_of,
  fresh.people,
  fresh.people_with_account,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM cashless_payment AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
