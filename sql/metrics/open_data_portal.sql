-- The open data list by month, as it was found at the last look: the data sets that are published of all on the list, and of those
-- published the ones that were renewed as lately as the list wants. Versions count as in procedures_received.sql.
WITH counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    period_start,
    count(*) FILTER (WHERE is_current AND is_newest) AS listed,
    count(*) FILTER (WHERE is_current AND is_newest AND published) AS published_ones,
    count(*) FILTER (
      WHERE is_current AND is_newest AND published AND date_diff('day', updated_on, checked_on) <= every_days
    ) AS fresh_ones,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
    arg_max(batch_id, known_from) AS batch_id
  FROM (
    SELECT *, checked_on = max(checked_on) FILTER (WHERE is_current) OVER (PARTITION BY period_start) AS is_newest
    FROM (
      SELECT
        *,
        (known_to IS NULL OR known_to > $known_at) AS is_current,
        CAST(date_trunc('month', checked_on) AS DATE) AS period_start
      FROM open_data_portal
      WHERE checked_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
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
      {'metric': 'open_data_sets_published', 'numerator': published_ones, 'denominator': listed},
      {'metric': 'open_data_sets_fresh', 'numerator': fresh_ones, 'denominator': published_ones}
    ]) AS part
  FROM counted
)
