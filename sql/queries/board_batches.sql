-- The newest deliveries of $source; of those that came at the same moment the ones with trouble first. A backfill is one that
-- speaks only of periods before the newest that the source has told of.
WITH told AS (
  SELECT batch_id, max(period_end) AS newest
  FROM report
  WHERE source = $source AND accepted
  GROUP BY batch_id
)
SELECT
  b.batch_id,
  b.delivered_as,
  b.state,
  b.refused_because,
  b.rows_delivered,
  b.rows_accepted,
  b.rows_in_quarantine,
  b.rows_put_right,
  b.column_changes,
  b.known_at,
  coalesce(told.newest < (SELECT max(newest) FROM told), false) AS is_backfill
FROM batches AS b
LEFT JOIN told ON told.batch_id = b.batch_id
WHERE b.source = $source
ORDER BY b.known_at DESC, b.state <> 'refused', b.rows_in_quarantine = 0, b.delivered_as
LIMIT $most;
