INSERT INTO measured_batch (batch_id, run_id)
SELECT batch_id, $run_id FROM staged ANTI JOIN measured_batch USING (batch_id) ORDER BY batch_id;
