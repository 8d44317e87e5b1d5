-- What was in quarantine and is so again out of $batch_id: it is listed there, and not twice.
UPDATE quarantined_row
SET emptied_how = 'set_aside_again', emptied_at = CAST($known_at AS TIMESTAMPTZ), emptied_by = $batch_id
WHERE source = $source
  AND batch_id <> $batch_id
  AND emptied_at IS NULL
  AND (
    record_id IN (SELECT bad.record_id FROM quarantined_row AS bad WHERE bad.batch_id = $batch_id)
    OR (batch_id, position) IN (
      SELECT (corrects_batch, corrects_position)
      FROM correction AS handed_in
      WHERE handed_in.batch_id = $batch_id
        AND handed_in.position IN (SELECT bad.position FROM quarantined_row AS bad WHERE bad.batch_id = $batch_id)
    )
  );
