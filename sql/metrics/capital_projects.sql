-- Projects by month, each by its newest day in it: the capital of that year, and what of it was paid out since January, in whole
-- thousands of dong. A project that a month does not speak of is not counted in it: the sheet lists all there are. Versions
-- count as in procedures_received.sql.
WITH standing AS (
  SELECT
    *,
    counts AND as_of = max(as_of) FILTER (WHERE counts) OVER (PARTITION BY project, period_start) AS stands
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      (known_to IS NULL OR known_to > $known_at) AND NOT coalesce(withdrawn, false) AS counts,
      CAST(date_trunc('month', as_of) AS DATE) AS period_start
    FROM capital_projects
    WHERE as_of BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
      AND known_from <= $known_at
  )
)
SELECT
  'capital_disbursed' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(coalesce(sum(CAST(round(disbursed * 1000) AS BIGINT)) FILTER (WHERE stands), 0) AS BIGINT) AS numerator,
  CAST(coalesce(sum(CAST(round(planned * 1000) AS BIGINT)) FILTER (WHERE stands), 0) AS BIGINT) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM standing
GROUP BY ALL
