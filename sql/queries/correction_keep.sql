INSERT INTO correction BY NAME
SELECT *, $batch_id AS batch_id, $source AS source, CAST($submitted_at AS TIMESTAMPTZ) AS submitted_at
FROM staged
ORDER BY position;
