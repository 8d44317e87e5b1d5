-- Dossiers by the month of their deadline: the share closed by it. An open one counts as late once its deadline is past,
-- and that is known from its deadline on; before that it counts for nothing.
SELECT
  'closed_by_deadline' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  CAST(date_trunc('month', due_on) AS DATE) AS period_start,
  last_day(CAST(date_trunc('month', due_on) AS DATE)) AS period_end,
  count(*) FILTER (WHERE is_current AND closed_at <= deadline) AS numerator,
  count(*) FILTER (WHERE is_current AND (closed_at IS NOT NULL OR deadline < $known_at)) AS denominator,
  true AS parts,
  greatest(
    max(CASE WHEN is_current THEN known_from ELSE known_to END),
    max(deadline) FILTER (WHERE is_current AND closed_at IS NULL AND deadline < $known_at)
  ) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM (
  SELECT
    *,
    CAST(timezone('Europe/Amsterdam', deadline) AS DATE) AS due_on,
    (known_to IS NULL OR known_to > $known_at) AS is_current
  FROM permits
  WHERE known_from <= $known_at
)
WHERE due_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
GROUP BY org_unit, org_unit_valid_from, tier, date_trunc('month', due_on)
