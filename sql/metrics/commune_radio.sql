-- Each commune of which anything is said in a month: one, and of it one where any of its stations carried an AI-voiced programme in
-- it. Versions count as in procedures_received.sql.
WITH standing AS (
  SELECT
    *,
    is_current AND as_of = max(as_of) FILTER (WHERE is_current) OVER (
      PARTITION BY org_unit, org_unit_valid_from, tier, period_start
    ) AS stands
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      CAST(date_trunc('month', as_of) AS DATE) AS period_start
    FROM commune_radio
    WHERE as_of BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
      AND known_from <= $known_at
  )
)
SELECT
  'communes_with_ai_radio' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(if(count(*) FILTER (WHERE stands AND ai_programmes > 0) > 0, 1, 0) AS BIGINT) AS numerator,
  CAST(if(count(*) FILTER (WHERE stands) > 0, 1, 0) AS BIGINT) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM standing
GROUP BY ALL
