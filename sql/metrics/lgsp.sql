-- Systems on the data sharing platform by month: those connected on the last day that the platform spoke of them, of all that it
-- listed, and the calls that succeeded of all that were made. Versions count as in procedures_received.sql.
WITH counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    period_start,
    count(*) FILTER (WHERE is_current AND is_newest) AS listed,
    count(*) FILTER (WHERE is_current AND is_newest AND connected) AS connected_ones,
    coalesce(sum(calls) FILTER (WHERE is_current), 0) AS calls,
    coalesce(sum(calls_succeeded) FILTER (WHERE is_current), 0) AS calls_succeeded,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
    arg_max(batch_id, known_from) AS batch_id
  FROM (
    SELECT *, counted_on = max(counted_on) FILTER (WHERE is_current) OVER (PARTITION BY system, period_start) AS is_newest
    FROM (
      SELECT
        *,
        (known_to IS NULL OR known_to > $known_at) AS is_current,
        CAST(date_trunc('month', counted_on) AS DATE) AS period_start
      FROM lgsp
      WHERE counted_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
        AND known_from <= $known_at
    )
  )
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
      {'metric': 'lgsp_systems_connected', 'numerator': connected_ones, 'denominator': listed},
      {'metric': 'lgsp_calls_succeeded', 'numerator': calls_succeeded, 'denominator': calls}
    ]) AS part
  FROM counted
)
