-- What units report of themselves beside their records, in each unit's newest period that could be compared: of $metric and
-- $tier, those that differ first, the furthest of them first.
SELECT d.*, u.full_name, o.name_vi AS by_vi, o.name_en AS by_en, i.name AS incident, coalesce(i.opened_at, i.began_at) AS incident_since
FROM discrepancies AS d
LEFT JOIN org_units AS u ON u.org_unit = d.org_unit AND u.org_unit_valid_from = d.org_unit_valid_from
LEFT JOIN owner AS o ON o.owner = d.acknowledged_by
LEFT JOIN incidents AS i
  ON i.kind = 'misreported'
  AND i.subject = d.metric || '/' || d.tier
  AND i.org_unit = d.org_unit
  AND i.org_unit_valid_from = d.org_unit_valid_from
  AND i.is_live
WHERE d.is_newest AND d.metric = $metric AND d.tier = $tier
ORDER BY
  list_position(['misreported', 'acknowledged', 'agrees'], d.finding), d.deviation_millionths DESC, u.full_name
LIMIT $most;
