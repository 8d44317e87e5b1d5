-- The earlier deliveries by the name of $batch_id, out of which rows that name no record are in quarantine.
SELECT DISTINCT earlier.batch_id
FROM batch AS earlier
JOIN batch AS later
  ON later.batch_id = $batch_id
  AND later.source = earlier.source
  AND later.delivered_as = earlier.delivered_as
  AND later.batch_id <> earlier.batch_id
JOIN quarantined_row AS q ON q.batch_id = earlier.batch_id
WHERE q.emptied_at IS NULL
  AND q.record_id IS NULL;
