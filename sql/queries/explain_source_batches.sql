-- What a source had delivered by $moment, the newest first.
SELECT known_at, delivered_as, state, rows_delivered, rows_quarantined
FROM batches
WHERE source = $source AND known_at <= $moment
ORDER BY known_at DESC, delivered_as;
