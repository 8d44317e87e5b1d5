-- The incidents of a source that went on at $moment: what is missing, what was refused.
SELECT number, kind, arg_max(event, row(recorded_at, happened_at)) AS newest_event, min(happened_at) AS began_at
FROM incident_history
WHERE kind IN ('late', 'quality') AND subject = $source AND happened_at <= $moment
GROUP BY number, kind
HAVING newest_event IN ('opened', 'changed', 'acknowledged', 'lapsed', 'escalated')
ORDER BY number;
