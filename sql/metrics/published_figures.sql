-- What was published. A share stands with its own numerator and denominator where the publication gives them; anything else
-- is scaled to whole numbers by its own digits: 9.35 % is 935 of 10,000, a rank of 3 is 3 of 1. Of several figures for one
-- period the newest stands.
SELECT
  metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  period_end,
  CASE WHEN is_share THEN numerator ELSE CAST(replace(published, '.', '') AS BIGINT) END AS numerator,
  CASE
    WHEN is_share THEN denominator
    WHEN unit_of_measure IN ('percent', 'percentage_points') THEN CAST('100' || repeat('0', decimals) AS BIGINT)
    ELSE CAST('1' || repeat('0', decimals) AS BIGINT)
  END AS denominator,
  (is_share OR (unit_of_measure NOT IN ('percent', 'percentage_points') AND decimals = 0)) AS parts,
  known_from AS known_at,
  batch_id
FROM (
  SELECT
    * REPLACE (replace(published, ',', '.') AS published),
    (compared_as = 'share' AND numerator IS NOT NULL AND denominator IS NOT NULL) AS is_share,
    length(split_part(replace(published, ',', '.'), '.', 2)) AS decimals
  FROM published_figures
  WHERE period_start <= CAST($last_day AS DATE)
    AND period_end >= CAST($first_day AS DATE)
    AND known_from <= $known_at
    AND (known_to IS NULL OR known_to > $known_at)
  QUALIFY row_number() OVER (
    PARTITION BY metric, org_unit, org_unit_valid_from, tier, period_start, period_end
    ORDER BY as_of DESC, known_from DESC
  ) = 1
)
