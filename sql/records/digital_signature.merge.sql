-- What a provider had issued by a day is what it still has in the months after, until it says more: those are to be measured
-- again where an earlier month comes, or comes anew, after them.
INSERT INTO touched_period BY NAME
SELECT DISTINCT
  fresh.batch_id,
  $source AS source,
  CAST(date_trunc('month', held.as_of) AS DATE) AS period_start,
  last_day(held.as_of) AS period_end
FROM digital_signature AS held
JOIN staged AS fresh ON held.as_of > last_day(fresh.as_of)
WHERE held.known_to IS NULL;

-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO digital_signature AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.provider IS DISTINCT FROM fresh.provider
  OR held.as_of IS DISTINCT FROM fresh.as_of
  OR held.issued_to_date IS DISTINCT FROM fresh.issued_to_date
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO digital_signature
SELECT
  fresh.record_id,
  fresh.provider,
  fresh.as_of,
  fresh.issued_to_date,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1 FROM digital_signature AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
