-- Every delivery that was taken, accepted or refused.
CREATE OR REPLACE VIEW batches AS
SELECT
  batch_id,
  source,
  delivered_as,
  state,
  refused_because,
  rows_delivered,
  rows_accepted,
  rows_quarantined,
  unnamed_columns,
  bytes,
  content_hash,
  landed_as,
  known_at,
  recorded_at
FROM batch;

COMMENT ON VIEW batches IS 'Every delivery that was taken, one row each, accepted or refused.';
COMMENT ON COLUMN batches.batch_id IS 'Fingerprint of source, content and what it is for: the same delivery twice is one batch.';
COMMENT ON COLUMN batches.source IS 'The source that it came from.';
COMMENT ON COLUMN batches.delivered_as IS 'Name of the delivered file.';
COMMENT ON COLUMN batches.state IS 'accepted or refused.';
COMMENT ON COLUMN batches.refused_because IS 'Why it was refused whole, in Vietnamese / English.';
COMMENT ON COLUMN batches.rows_delivered IS 'Rows in the delivery.';
COMMENT ON COLUMN batches.rows_accepted IS 'Rows that went on to the record table.';
COMMENT ON COLUMN batches.rows_quarantined IS 'Rows that were set aside, each with its reason in the view quarantine.';
COMMENT ON COLUMN batches.unnamed_columns IS 'Delivered columns that the source does not name; they were dropped unread.';
COMMENT ON COLUMN batches.bytes IS 'Size of the delivered file.';
COMMENT ON COLUMN batches.content_hash IS 'Fingerprint of the delivered bytes.';
COMMENT ON COLUMN batches.landed_as IS 'The Parquet file that it landed as, under the home folder.';
COMMENT ON COLUMN batches.known_at IS 'When it arrived.';
COMMENT ON COLUMN batches.recorded_at IS 'When the records wrote it down.';
