-- Each commune at the last look of a month: one, and of it one or none with a web page of its own that answered. Versions count
-- as in procedures_received.sql.
WITH standing AS (
  SELECT
    *,
    is_current AND checked_on = max(checked_on) FILTER (WHERE is_current) OVER (
      PARTITION BY org_unit, org_unit_valid_from, tier, period_start
    ) AS stands
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      CAST(date_trunc('month', checked_on) AS DATE) AS period_start
    FROM commune_web
    WHERE checked_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
      AND known_from <= $known_at
  )
)
SELECT
  'commune_websites' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(count(*) FILTER (WHERE stands AND page = 'own') AS BIGINT) AS numerator,
  CAST(count(*) FILTER (WHERE stands) AS BIGINT) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM standing
GROUP BY ALL
