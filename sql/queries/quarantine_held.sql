-- Whether rows of other deliveries of $source than $batch_id are in quarantine.
SELECT count(*) > 0 AS held
FROM quarantined_row
WHERE source = $source
  AND batch_id <> $batch_id
  AND emptied_at IS NULL;
