-- The population database link by month: of the dossiers that were looked up over it, those whose identity it verified, and of the
-- checks of the link, those that found it up. Versions count as in procedures_received.sql.
WITH counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    period_start,
    coalesce(sum(dossiers_looked_up) FILTER (WHERE is_current), 0) AS looked_up,
    coalesce(sum(dossiers_verified) FILTER (WHERE is_current), 0) AS verified,
    coalesce(sum(checks) FILTER (WHERE is_current), 0) AS checks,
    coalesce(sum(checks_up) FILTER (WHERE is_current), 0) AS checks_up,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
    arg_max(batch_id, known_from) AS batch_id
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      CAST(date_trunc('month', counted_on) AS DATE) AS period_start
    FROM population_db
    WHERE counted_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
      AND known_from <= $known_at
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
      {'metric': 'population_identity_verified', 'numerator': verified, 'denominator': looked_up},
      {'metric': 'population_link_available', 'numerator': checks_up, 'denominator': checks}
    ]) AS part
  FROM counted
)
