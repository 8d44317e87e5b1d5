INSERT INTO restatement BY NAME
SELECT *, CAST($found_at AS TIMESTAMPTZ) AS found_at, $run_id AS run_id
FROM staged;
