-- Published figures, or with $claim that one, and the incident that goes on about each.
SELECT c.*, i.name AS incident, coalesce(i.opened_at, i.began_at) AS incident_since
FROM claims AS c
LEFT JOIN incidents AS i ON i.kind = 'misreported' AND i.subject = c.claim AND i.is_live
WHERE $claim IS NULL OR c.claim = $claim
ORDER BY c.finding <> 'misreported', c.as_of, c.claim;
