-- Which rows of $source were handed in as corrections of which, in batches that were recorded.
SELECT c.batch_id, c.position, c.corrects_batch, c.corrects_position
FROM correction AS c
SEMI JOIN batch USING (batch_id)
WHERE c.source = $source
ORDER BY c.submitted_at, c.batch_id, c.position;
