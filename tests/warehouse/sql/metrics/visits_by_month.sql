SELECT
  'visits_online' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  CAST(date_trunc('month', visited_on) AS DATE) AS period_start,
  last_day(visited_on) AS period_end,
  count(*) FILTER (WHERE online) AS numerator,
  count(*) AS denominator,
  true AS parts,
  max(known_from) AS known_at,
  max(batch_id) AS batch_id
FROM visit
WHERE visited_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
GROUP BY ALL;
