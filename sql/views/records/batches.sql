-- Every delivery that was taken, accepted or refused.
CREATE OR REPLACE VIEW batches AS
SELECT
  batch.batch_id,
  source,
  delivered_as,
  state,
  refused_because,
  rows_delivered,
  rows_accepted,
  rows_quarantined,
  coalesce(left_over.rows_held, 0) AS rows_in_quarantine,
  coalesce(left_over.rows_put_right, 0) AS rows_put_right,
  unnamed_columns,
  column_changes,
  bytes,
  content_hash,
  landed_as,
  known_at,
  recorded_at
FROM batch
LEFT JOIN (
  SELECT
    batch_id,
    count(DISTINCT position) FILTER (WHERE emptied_at IS NULL) AS rows_held,
    count(DISTINCT position) FILTER (WHERE emptied_how = 'put_right') AS rows_put_right
  FROM quarantined_row
  GROUP BY batch_id
) AS left_over ON left_over.batch_id = batch.batch_id;

COMMENT ON VIEW batches IS 'Every delivery that was taken, one row each, accepted or refused.';
COMMENT ON COLUMN batches.batch_id IS 'Fingerprint of source, content and what it is for: the same delivery twice is one batch.';
COMMENT ON COLUMN batches.source IS 'The source that it came from.';
COMMENT ON COLUMN batches.delivered_as IS 'Name of the delivered file.';
COMMENT ON COLUMN batches.state IS 'accepted or refused.';
COMMENT ON COLUMN batches.refused_because IS 'Why it was refused whole, in Vietnamese / English.';
COMMENT ON COLUMN batches.rows_delivered IS 'Rows in the delivery.';
COMMENT ON COLUMN batches.rows_accepted IS 'Rows that went on to the record table.';
COMMENT ON COLUMN batches.rows_quarantined IS 'Rows that were set aside when it was gated, each with its reason in the view quarantine_history.';
COMMENT ON COLUMN batches.rows_in_quarantine IS 'Those of them that are in quarantine still: the view quarantine has them.';
COMMENT ON COLUMN batches.rows_put_right IS 'Those of them that have come as good rows since.';
COMMENT ON COLUMN batches.unnamed_columns IS 'Delivered columns that the source does not name; they were dropped unread.';
COMMENT ON COLUMN batches.column_changes IS 'In what its columns differed from the deliveries before it, in Vietnamese / English.';
COMMENT ON COLUMN batches.bytes IS 'Size of the delivered file.';
COMMENT ON COLUMN batches.content_hash IS 'Fingerprint of the delivered bytes.';
COMMENT ON COLUMN batches.landed_as IS 'The Parquet file that it landed as, under the home folder.';
COMMENT ON COLUMN batches.known_at IS 'When it arrived.';
COMMENT ON COLUMN batches.recorded_at IS 'When the records wrote it down.';
