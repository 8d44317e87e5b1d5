INSERT INTO report BY NAME
SELECT
  *,
  $batch_id AS batch_id,
  $source AS source,
  $accepted AS accepted,
  CAST($known_at AS TIMESTAMPTZ) AS known_at
FROM staged
ORDER BY tier, org_unit, org_unit_valid_from, period_start;
