-- Targets that stand otherwise than they did at $since, and when that came about.
WITH said AS (
  SELECT
    target,
    org_unit,
    org_unit_valid_from,
    as_of,
    status,
    reason = 'incomplete' AS incomplete,
    row(status, reason = 'incomplete') IS DISTINCT FROM lag(row(status, reason = 'incomplete')) OVER (
      PARTITION BY target, org_unit, org_unit_valid_from ORDER BY as_of, recorded_at
    ) AS turned
  FROM assessments
  WHERE role <> 'share'
),
compared AS (
  SELECT
    target,
    org_unit,
    org_unit_valid_from,
    arg_max(status, as_of) FILTER (as_of <= $since) AS status_before,
    arg_max(incomplete, as_of) FILTER (as_of <= $since) AS incomplete_before,
    arg_max(status, as_of) AS status,
    arg_max(incomplete, as_of) AS incomplete,
    max(as_of) FILTER (turned) AS changed_at
  FROM said
  GROUP BY ALL
)
SELECT
  c.target,
  s.short_name_vi,
  s.short_name_en,
  if(count(*) OVER (PARTITION BY c.target) = 1, NULL, s.org_unit_name) AS unit_name,
  c.status_before,
  c.incomplete_before,
  c.status,
  c.incomplete,
  c.changed_at
FROM compared AS c
JOIN current_status AS s
  ON s.target = c.target AND s.org_unit = c.org_unit AND s.org_unit_valid_from = c.org_unit_valid_from
QUALIFY c.status_before IS NOT NULL
  AND (c.status_before <> c.status OR c.incomplete_before <> c.incomplete)
ORDER BY c.changed_at DESC, s.position, s.org_unit_name;
