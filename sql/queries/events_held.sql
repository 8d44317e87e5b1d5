-- What happened to incidents since something about them waits to be told to somebody, in the order in which it was written.
WITH waiting AS (
  SELECT number, min(least(coalesce(held_since, worse_since), coalesce(worse_since, held_since))) AS since
  FROM told
  WHERE held_since IS NOT NULL OR worse_since IS NOT NULL
  GROUP BY number
)
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
JOIN waiting AS w ON w.number = e.number AND e.happened_at >= w.since
JOIN incident AS i ON i.number = e.number
ORDER BY e.rowid;
