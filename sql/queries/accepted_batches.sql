SELECT batch_id FROM batch WHERE state = 'accepted' AND batch_id IN (SELECT batch_id FROM staged);
