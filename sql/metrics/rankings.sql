-- Places in published rankings. Of several for one period the newest stands.
SELECT
  metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  period_end,
  rank AS numerator,
  CAST(1 AS BIGINT) AS denominator,
  true AS parts,
  known_from AS known_at,
  batch_id
FROM rankings
WHERE period_start <= CAST($last_day AS DATE)
  AND period_end >= CAST($first_day AS DATE)
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
QUALIFY row_number() OVER (
  PARTITION BY metric, org_unit, org_unit_valid_from, tier, period_start, period_end
  ORDER BY as_of DESC, known_from DESC
) = 1
