-- All that is held of a batch. Of one that was refused that is no record, and nothing was measured from it. What its rows took
-- the place of in quarantine is there again.
UPDATE quarantined_row SET emptied_how = NULL, emptied_at = NULL, emptied_by = NULL WHERE emptied_by = $batch_id;
DELETE FROM batch WHERE batch_id = $batch_id;
DELETE FROM report WHERE batch_id = $batch_id;
DELETE FROM touched_period WHERE batch_id = $batch_id;
DELETE FROM quarantined_row WHERE batch_id = $batch_id;
