-- Every incident as it was at $as_of: out of what had happened to it by then, and not out of its state now.
WITH happened AS (
  SELECT *, row(happened_at, rowid) AS place FROM incident_event WHERE happened_at <= $as_of
),
life AS (
  SELECT
    number,
    min(happened_at) AS began_at,
    max(happened_at) FILTER (WHERE kind = 'opened') AS opened_at,
    max(happened_at) FILTER (WHERE kind IN ('resolved', 'superseded', 'ended', 'withdrawn')) AS closed_at,
    arg_max(kind, place) FILTER (WHERE kind NOT IN ('changed', 'escalated')) AS newest,
    arg_max(facts_after, place) FILTER (WHERE kind NOT IN ('acknowledged', 'lapsed', 'escalated')) AS facts
  FROM happened
  GROUP BY number
)
SELECT
  l.number,
  i.kind,
  i.subject,
  i.org_unit,
  i.org_unit_valid_from,
  CASE l.newest WHEN 'opened' THEN 'open' WHEN 'lapsed' THEN 'open' WHEN 'withdrawn' THEN 'resolved' ELSE l.newest END AS state,
  l.began_at,
  l.opened_at,
  l.closed_at,
  l.facts
FROM life AS l
JOIN incident AS i ON i.number = l.number
ORDER BY l.number;
