SELECT
  e.number,
  e.kind,
  e.happened_at,
  e.facts_before,
  e.facts_after,
  coalesce(e.by_whom, '') AS by_whom,
  coalesce(e.why, '') AS why,
  e.until,
  i.kind AS about,
  i.subject,
  i.org_unit,
  i.org_unit_valid_from
FROM incident_event AS e
JOIN incident AS i ON i.number = e.number
WHERE e.number = $number
ORDER BY e.rowid;
