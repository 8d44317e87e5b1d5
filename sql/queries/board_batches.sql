-- The newest deliveries of $source.
SELECT batch_id, delivered_as, state, refused_because, rows_delivered, rows_accepted, rows_quarantined, known_at
FROM batches
WHERE source = $source
ORDER BY known_at DESC, recorded_at DESC, delivered_as
LIMIT $most;
