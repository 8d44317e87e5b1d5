-- Availability by month: of the checks that were to be made of a system, those that found it up. A check that was not made is no
-- proof, and does not count as up; the share of checks that were made of all systems is measured beside it. Versions count as in
-- procedures_received.sql; a unit is measured for the systems that it has.
WITH counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    period_start,
    system,
    coalesce(sum(checks_up) FILTER (WHERE is_current), 0) AS up,
    coalesce(sum(checks_up + checks_down) FILTER (WHERE is_current), 0) AS made,
    coalesce(sum(checks_up + checks_down + checks_missing) FILTER (WHERE is_current), 0) AS expected,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
    arg_max(batch_id, known_from) AS batch_id,
    max(known_from) AS newest
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      CAST(date_trunc('month', counted_on) AS DATE) AS period_start
    FROM data_centre_wan
    WHERE counted_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
      AND known_from <= $known_at
  )
  GROUP BY org_unit, org_unit_valid_from, tier, period_start, system
)
SELECT
  CASE system
    WHEN 'data_centre' THEN 'data_centre_available'
    WHEN 'wan' THEN 'wan_available'
    ELSE 'online_meetings_available'
  END AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(up AS BIGINT) AS numerator,
  CAST(expected AS BIGINT) AS denominator,
  true AS parts,
  known_at,
  batch_id
FROM counted
UNION ALL
SELECT
  'systems_monitored' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(sum(made) AS BIGINT) AS numerator,
  CAST(sum(expected) AS BIGINT) AS denominator,
  true AS parts,
  max(known_at) AS known_at,
  arg_max(batch_id, newest) AS batch_id
FROM counted
GROUP BY org_unit, org_unit_valid_from, tier, period_start
