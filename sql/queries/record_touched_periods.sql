INSERT INTO touched_period BY NAME
SELECT DISTINCT $batch_id AS batch_id, $source AS source, period_start, period_end FROM staged ORDER BY period_start, period_end;
