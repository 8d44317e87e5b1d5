-- The restatements that were found since something waits to be told to somebody, in the order in which they were found.
FROM restatement
WHERE found_at >= (SELECT min(held_since) FROM told)
ORDER BY rowid;
