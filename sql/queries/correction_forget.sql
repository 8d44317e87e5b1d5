DELETE FROM correction WHERE batch_id = $batch_id;
