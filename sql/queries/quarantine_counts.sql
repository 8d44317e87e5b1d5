-- What is in quarantine by source, delivery, unit and reason; with $every also what has come out of it since.
SELECT
  q.source,
  q.batch_id,
  b.delivered_as,
  b.state AS batch_state,
  b.parts,
  q.known_at,
  q.org_unit,
  q.reason,
  q.column_name,
  count(*) FILTER (WHERE q.emptied_at IS NULL) AS held,
  count(*) FILTER (WHERE q.emptied_how = 'put_right') AS put_right,
  count(*) FILTER (WHERE q.emptied_how = 'set_aside_again') AS set_aside_again,
  coalesce(min(q.position) FILTER (WHERE q.emptied_at IS NULL), min(q.position)) AS position
FROM quarantined_row AS q
JOIN batch AS b ON b.batch_id = q.batch_id
WHERE (CAST($source AS VARCHAR) IS NULL OR q.source = $source)
  AND (CAST($batch AS VARCHAR) IS NULL OR starts_with(q.batch_id, $batch))
  AND (CAST($unit AS VARCHAR) IS NULL OR q.org_unit = $unit)
  AND (CAST($every AS BOOLEAN) OR q.emptied_at IS NULL)
GROUP BY ALL
ORDER BY q.source, q.known_at DESC, b.delivered_as, q.batch_id, held DESC, q.org_unit, q.reason;
