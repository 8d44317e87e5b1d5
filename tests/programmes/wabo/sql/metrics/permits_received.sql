-- Dossiers by the month they were received in, in the municipality's own time: the share that came over the Internet.
SELECT
  'received_over_internet' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  CAST(date_trunc('month', received_on) AS DATE) AS period_start,
  last_day(CAST(date_trunc('month', received_on) AS DATE)) AS period_end,
  count(*) FILTER (WHERE is_current AND channel = 'Internet') AS numerator,
  count(*) FILTER (WHERE is_current) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM (
  SELECT
    *,
    CAST(timezone('Europe/Amsterdam', received_at) AS DATE) AS received_on,
    (known_to IS NULL OR known_to > $known_at) AS is_current
  FROM permits
  WHERE known_from <= $known_at
)
WHERE received_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
GROUP BY org_unit, org_unit_valid_from, tier, date_trunc('month', received_on)
