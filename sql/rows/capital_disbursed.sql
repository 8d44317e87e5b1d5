-- The projects behind the share paid out, each by its newest day in the period, in thousands of dong, as known at $known_at.
SELECT
  project,
  as_of,
  CAST(round(disbursed * 1000) AS BIGINT) AS numerator,
  CAST(round(planned * 1000) AS BIGINT) AS denominator,
  batch_id
FROM capital_projects
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND as_of BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
  AND NOT coalesce(withdrawn, false)
QUALIFY as_of = max(as_of) OVER (PARTITION BY project)
ORDER BY denominator DESC, project
