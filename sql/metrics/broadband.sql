-- Each commune by the newest day of a month for which it was said: its households, and those that a broadband line could reach; and
-- one, and of it one where any household could be reached. Versions count as in procedures_received.sql.
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
    FROM broadband
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
    count(*) FILTER (WHERE stands) AS communes,
    coalesce(sum(households) FILTER (WHERE stands), 0) AS all_households,
    coalesce(sum(households_covered) FILTER (WHERE stands), 0) AS covered,
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
      {'metric': 'broadband_households', 'numerator': covered, 'denominator': all_households},
      {'metric': 'broadband_communes', 'numerator': if(covered > 0, 1, 0), 'denominator': if(communes > 0, 1, 0)}
    ]) AS part
  FROM counted
)
