-- Procedures by the month at whose end they stood so: of those that can be offered fully online, the ones that are, and the number
-- of services at level 3 and 4. Versions count as in procedures_received.sql.
WITH counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    period_start,
    count(*) FILTER (WHERE is_current AND eligible) AS eligible_ones,
    count(*) FILTER (WHERE is_current AND eligible AND service_level = '4') AS fully_online,
    count(*) FILTER (WHERE is_current AND service_level IN ('3', '4')) AS level_3_and_4,
    count(*) FILTER (WHERE is_current) AS listed,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
    arg_max(batch_id, known_from) AS batch_id
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      CAST(date_trunc('month', month) AS DATE) AS period_start
    FROM public_service_portal
    WHERE month BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
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
      {'metric': 'procedures_online_level4', 'numerator': fully_online, 'denominator': eligible_ones},
      {'metric': 'online_services_level34', 'numerator': level_3_and_4, 'denominator': if(listed > 0, 1, 0)}
    ]) AS part
  FROM counted
)
