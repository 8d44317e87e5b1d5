-- Accepted batches that are not in `staged`, each period that it touches a row; one that touches none has a row without.
SELECT b.batch_id, b.source, b.known_at, t.period_start, t.period_end
FROM batch AS b
ANTI JOIN staged USING (batch_id)
LEFT JOIN touched_period AS t ON t.batch_id = b.batch_id
WHERE b.state = 'accepted'
ORDER BY b.known_at, b.rowid, t.period_start, t.period_end;
