-- The newest deliveries of $source; of those that came at the same moment the ones with trouble first.
SELECT batch_id, delivered_as, state, refused_because, rows_delivered, rows_accepted, rows_quarantined, known_at
FROM batches
WHERE source = $source
ORDER BY known_at DESC, state <> 'refused', rows_quarantined = 0, delivered_as
LIMIT $most;
