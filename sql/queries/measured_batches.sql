SELECT batch_id FROM measured_batch;
