-- The batches whose id begins with $batch.
SELECT batch_id, source, delivered_as, state = 'accepted' AS accepted, landed_as
FROM batch
WHERE starts_with(batch_id, $batch)
ORDER BY batch_id;
