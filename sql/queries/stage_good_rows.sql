-- The good rows of a batch, as its record table merges them: those of its file that no other file calls bad.
CREATE OR REPLACE TEMP VIEW staged AS
SELECT fresh.* EXCLUDE (row, file_row_number), stamp.batch_id, stamp.known_from
FROM staged_file AS fresh
CROSS JOIN staged_stamp AS stamp
WHERE NOT EXISTS (SELECT 1 FROM staged_bad AS bad WHERE bad.place = fresh.file_row_number);
