-- Where targets stand, those rows of current_status whose role is among $roles: all of them, or those of $target; with
-- $name only units whose name holds it, in small letters without marks. Of each target the furthest short come first.
WITH everything AS MATERIALIZED (
  SELECT s.*, u.full_name, u.org_unit_valid_to, u.level_plural_vi, u.level_plural_en
  FROM current_status AS s
  LEFT JOIN org_units AS u ON u.org_unit = s.org_unit AND u.org_unit_valid_from = s.org_unit_valid_from
),
chosen AS (
  SELECT *
  FROM everything
  WHERE list_contains($roles, role)
    AND ($target IS NULL OR target = $target)
    AND ($name IS NULL OR contains(strip_accents(replace(lower(full_name), 'đ', 'd')), $name))
  ORDER BY position, status = 'ended', headroom_units NULLS LAST, headroom NULLS LAST, full_name
  LIMIT $most
),
tier_end AS (
  SELECT target, max(org_unit_valid_to) AS last_day
  FROM everything
  WHERE role = 'share' AND reason IN ('unit_ended', 'unit_passed_on')
  GROUP BY target
),
absent AS (
  SELECT c.target, c.org_unit, c.org_unit_valid_from, list(u.full_name ORDER BY u.full_name) AS names
  FROM (SELECT target, org_unit, org_unit_valid_from, unnest(missing) AS unit_key FROM chosen) AS c
  JOIN org_units AS u ON u.unit_key = c.unit_key
  GROUP BY ALL
),
followed AS (
  SELECT c.org_unit, c.org_unit_valid_from, list(u.full_name ORDER BY s.weight DESC, u.full_name) AS names
  FROM (SELECT DISTINCT org_unit, org_unit_valid_from FROM chosen WHERE reason = 'unit_passed_on') AS c
  JOIN org_unit_successors AS s ON s.org_unit = c.org_unit AND s.org_unit_valid_from = c.org_unit_valid_from
  JOIN org_units AS u ON u.unit_key = s.successor_key
  GROUP BY c.org_unit, c.org_unit_valid_from
)
SELECT
  c.*,
  coalesce(absent.names, []) AS missing_names,
  coalesce(followed.names, []) AS followers,
  coalesce(i.opened_at, i.began_at) AS incident_since,
  -- As far as the release knew them that published the snapshot.
  to_json(i) ->> '$.severity' AS incident_severity,
  to_json(i) ->> '$.acknowledged_by' AS incident_acknowledged_by,
  to_json(i) ->> '$.acknowledged_because' AS incident_acknowledged_because,
  CAST(to_json(i) ->> '$.acknowledged_until' AS TIMESTAMPTZ) AS incident_acknowledged_until,
  CAST(to_json(i) ->> '$.escalation_steps' AS INTEGER) AS incident_escalation_steps,
  to_json(i) ->> '$.silence' AS incident_silence,
  CAST(to_json(i) ->> '$.silenced_from' AS TIMESTAMPTZ) AS incident_silenced_from,
  CAST(to_json(i) ->> '$.silenced_until' AS TIMESTAMPTZ) AS incident_silenced_until,
  CASE c.reason
    WHEN 'target_ended' THEN c.effective_to
    WHEN 'unit_ended' THEN coalesce(c.org_unit_valid_to, tier_end.last_day)
    WHEN 'unit_passed_on' THEN c.org_unit_valid_to
  END AS ended_on,
  (to_json(m) ->> '$.reports') IS NOT NULL AS counts_reports
FROM chosen AS c
LEFT JOIN metric AS m ON m.metric = c.metric
LEFT JOIN absent
  ON absent.target = c.target
  AND absent.org_unit = c.org_unit
  AND absent.org_unit_valid_from = c.org_unit_valid_from
LEFT JOIN followed ON followed.org_unit = c.org_unit AND followed.org_unit_valid_from = c.org_unit_valid_from
LEFT JOIN tier_end ON tier_end.target = c.target
LEFT JOIN incidents AS i ON i.number = c.incident
ORDER BY c.position, c.status = 'ended', c.headroom_units NULLS LAST, c.headroom NULLS LAST, c.full_name;
