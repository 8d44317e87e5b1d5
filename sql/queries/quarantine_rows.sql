-- Rows that were set aside, as many as $source, $batch (the start of an id) and $unit let through; with $every also those that
-- have come out of quarantine since. What is not asked for is NULL.
SELECT
  q.batch_id,
  q.source,
  b.delivered_as,
  b.state AS batch_state,
  b.landed_as,
  q.position,
  b.parts[1 + q.position // 1000000000000] AS part,
  q.reason,
  q.column_name,
  q.delivered_value,
  q.record_id,
  q.org_unit,
  q.known_at,
  q.emptied_how,
  q.emptied_at,
  q.emptied_by
FROM quarantined_row AS q
JOIN batch AS b ON b.batch_id = q.batch_id
WHERE (CAST($source AS VARCHAR) IS NULL OR q.source = $source)
  AND (CAST($batch AS VARCHAR) IS NULL OR starts_with(q.batch_id, $batch))
  AND (CAST($unit AS VARCHAR) IS NULL OR q.org_unit = $unit)
  AND (CAST($every AS BOOLEAN) OR q.emptied_at IS NULL)
ORDER BY q.source, q.known_at, b.delivered_as, q.batch_id, q.position, q.column_name;
