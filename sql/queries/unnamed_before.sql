-- The columns that the accepted batches of $source had and that the source does not name; no row at all where it has no batch yet.
SELECT DISTINCT unnest(CASE WHEN len(unnamed_columns) = 0 THEN [''] ELSE unnamed_columns END) AS name
FROM batch
WHERE source = $source
  AND state = 'accepted'
