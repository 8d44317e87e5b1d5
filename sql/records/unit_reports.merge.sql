-- Closes the versions that `staged` changes, then adds what is new.
MERGE INTO unit_reports AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.period_start IS DISTINCT FROM fresh.period_start
  OR held.period_end IS DISTINCT FROM fresh.period_end
  OR held.numerator IS DISTINCT FROM fresh.numerator
  OR held.denominator IS DISTINCT FROM fresh.denominator
  OR held.share IS DISTINCT FROM fresh.share
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO unit_reports
SELECT
  fresh.record_id,
  fresh.metric,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.reported_for,
  fresh.period_start,
  fresh.period_end,
  fresh.numerator,
  fresh.denominator,
  fresh.share,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM unit_reports AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
