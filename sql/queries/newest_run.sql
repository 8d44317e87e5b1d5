-- The newest pass that came to its end.
SELECT * FROM run WHERE finished_at IS NOT NULL ORDER BY as_of DESC, started_at DESC, rowid DESC LIMIT 1;
