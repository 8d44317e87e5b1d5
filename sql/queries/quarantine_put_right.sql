-- What was in quarantine and has now come as good rows of $batch_id, by its record or as a correction that was handed in.
UPDATE quarantined_row
SET emptied_how = 'put_right', emptied_at = CAST($known_at AS TIMESTAMPTZ), emptied_by = $batch_id
WHERE source = $source
  AND batch_id <> $batch_id
  AND emptied_at IS NULL
  AND (
    record_id IN (SELECT record_id FROM staged)
    OR (batch_id, position) IN (
      SELECT (corrects_batch, corrects_position)
      FROM correction AS handed_in
      WHERE handed_in.batch_id = $batch_id
        AND handed_in.position NOT IN (SELECT bad.position FROM quarantined_row AS bad WHERE bad.batch_id = $batch_id)
    )
  );
