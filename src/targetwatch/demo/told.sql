-- Whether a pass of watch as of $moment or later has ended, has measured every accepted batch, and all of it is sent.
SELECT
  coalesce((SELECT max(as_of) FROM runs WHERE finished_at IS NOT NULL) >= $moment, false)
  AND NOT EXISTS (
    SELECT 1
    FROM batches
    WHERE state = 'accepted' AND batch_id NOT IN (SELECT batch_id FROM measured_batch)
  )
  AND NOT EXISTS (SELECT 1 FROM notifications WHERE state = 'pending') AS is_told
