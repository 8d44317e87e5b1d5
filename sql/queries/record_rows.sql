-- The rows of a record table in the versions that were known at $known_at.
SELECT *
FROM query_table($record_table)
WHERE known_from <= $known_at AND (known_to IS NULL OR known_to > $known_at);
