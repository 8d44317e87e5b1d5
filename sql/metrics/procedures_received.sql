-- Dossiers by the month they were received in: the share handled online, and what else is asked of them.
-- One scan counts for all metrics. A version counts as it was known at $known_at; a version that was replaced by then counts
-- for nothing, but its group is still given, so that a month that a correction emptied is measured as empty.
-- A dossier that says nothing about a question is left out of that question's denominator.
WITH counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    CAST(date_trunc('month', received_on) AS DATE) AS period_start,
    count(*) FILTER (WHERE is_current) AS received,
    count(*) FILTER (WHERE is_current AND channel = 'online') AS online,
    count(*) FILTER (WHERE is_current AND identity_verified) AS verified,
    count(identity_verified) FILTER (WHERE is_current) AS verified_or_not,
    count(*) FILTER (WHERE is_current AND paid_online) AS paid,
    count(paid_online) FILTER (WHERE is_current) AS paid_or_not,
    count(*) FILTER (WHERE is_current AND digitally_signed) AS signed,
    count(digitally_signed) FILTER (WHERE is_current) AS signed_or_not,
    count(*) FILTER (WHERE is_current AND channel = 'online' AND NOT came_in_person) AS without_coming,
    count(came_in_person) FILTER (WHERE is_current AND channel = 'online') AS came_or_not,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
    arg_max(batch_id, known_from) AS batch_id
  FROM (
    SELECT *, (known_to IS NULL OR known_to > $known_at) AS is_current
    FROM procedures
    WHERE received_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
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
      {'metric': 'dossiers_processed_online', 'numerator': online, 'denominator': received},
      {'metric': 'dossiers_identity_verified', 'numerator': verified, 'denominator': verified_or_not},
      {'metric': 'dossiers_paid_online', 'numerator': paid, 'denominator': paid_or_not},
      {'metric': 'dossiers_signed_digitally', 'numerator': signed, 'denominator': signed_or_not},
      {'metric': 'dossiers_without_coming', 'numerator': without_coming, 'denominator': came_or_not}
    ]) AS part
  FROM counted
)
