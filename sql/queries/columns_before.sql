-- The named columns of the newest accepted deliveries of $source, those of corrections left out.
SELECT named_columns
FROM batch
WHERE source = $source
  AND state = 'accepted'
  AND named_columns IS NOT NULL
  AND batch_id NOT IN (SELECT correction.batch_id FROM correction)
ORDER BY known_at DESC, recorded_at DESC, batch_id
LIMIT $most;
