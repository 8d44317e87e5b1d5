SELECT batch_id FROM batch WHERE batch_id IN (SELECT batch_id FROM staged);
