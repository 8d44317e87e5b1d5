-- What units report of themselves. A share without its parts is scaled to whole numbers by its own digits: 69.3 % is 693 of
-- 1000. Of several reports for one period the newest stands.
SELECT
  metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  period_end,
  CASE WHEN has_parts THEN numerator ELSE CAST(replace(share, '.', '') AS BIGINT) END AS numerator,
  CASE WHEN has_parts THEN denominator ELSE CAST('100' || repeat('0', decimals) AS BIGINT) END AS denominator,
  has_parts AS parts,
  known_from AS known_at,
  batch_id
FROM (
  SELECT
    * REPLACE (replace(share, ',', '.') AS share),
    (numerator IS NOT NULL AND denominator IS NOT NULL) AS has_parts,
    length(split_part(replace(share, ',', '.'), '.', 2)) AS decimals
  FROM unit_reports
  WHERE period_start <= CAST($last_day AS DATE)
    AND period_end >= CAST($first_day AS DATE)
    AND known_from <= $known_at
    AND (known_to IS NULL OR known_to > $known_at)
  QUALIFY row_number() OVER (
    PARTITION BY metric, org_unit, org_unit_valid_from, tier, period_start, period_end
    ORDER BY known_from DESC, reported_for DESC
  ) = 1
)
