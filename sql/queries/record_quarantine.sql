INSERT INTO quarantined_row BY NAME
SELECT *, $batch_id AS batch_id, $source AS source, CAST($known_at AS TIMESTAMPTZ) AS known_at
FROM staged
ORDER BY position, column_name;
