-- Each commune by the newest day of a month for which it was said: one, and of it one where there is any postal service point; and
-- its households, and those of them that have a Vpostcode. Versions count as in procedures_received.sql.
WITH standing AS (
  SELECT
    *,
    counts AND as_of = max(as_of) FILTER (WHERE counts) OVER (
      PARTITION BY org_unit, org_unit_valid_from, tier, period_start
    ) AS stands
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      (known_to IS NULL OR known_to > $known_at) AND NOT coalesce(withdrawn, false) AS counts,
      CAST(date_trunc('month', as_of) AS DATE) AS period_start
    FROM post
    WHERE as_of BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
      AND known_from <= $known_at
  )
),

counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    period_start,
    count(*) FILTER (WHERE stands) AS areas,
    coalesce(sum(service_points) FILTER (WHERE stands), 0) AS points,
    coalesce(sum(households) FILTER (WHERE stands), 0) AS all_households,
    coalesce(sum(households_coded) FILTER (WHERE stands), 0) AS coded,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
    arg_max(batch_id, known_from) AS batch_id
  FROM standing
  GROUP BY ALL
)

SELECT
  part.metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(part.numerator AS BIGINT) AS numerator,
  CAST(part.denominator AS BIGINT) AS denominator,
  true AS parts,
  known_at,
  batch_id
FROM (
  SELECT
    *,
    unnest([
      {'metric': 'postal_service_points', 'numerator': if(points > 0, 1, 0), 'denominator': if(areas > 0, 1, 0)},
      {'metric': 'vpostcode_households', 'numerator': coded, 'denominator': all_households}
    ]) AS part
  FROM counted
)
