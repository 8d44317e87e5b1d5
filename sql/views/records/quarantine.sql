-- Every row that is in quarantine, with its reason and its place in the delivered file.
CREATE OR REPLACE VIEW quarantine AS
SELECT
  q.batch_id,
  q.source,
  b.delivered_as,
  b.state AS batch_state,
  b.parts[1 + q.position // 1000000000000] AS part,
  q.position % 1000000000000 AS position,
  q.org_unit,
  q.reason,
  q.column_name,
  q.delivered_value,
  q.known_at
FROM quarantined_row AS q
LEFT JOIN batch AS b ON b.batch_id = q.batch_id
WHERE q.emptied_at IS NULL;

COMMENT ON VIEW quarantine IS 'Every delivered row that is in quarantine, one row for each reason. What has left it is in quarantine_history.';
COMMENT ON COLUMN quarantine.batch_id IS 'The batch that it was delivered in.';
COMMENT ON COLUMN quarantine.source IS 'The source that it came from.';
COMMENT ON COLUMN quarantine.delivered_as IS 'Name of the delivered file.';
COMMENT ON COLUMN quarantine.batch_state IS 'Whether the rest of the batch was accepted or refused.';
COMMENT ON COLUMN quarantine.part IS 'The part of the delivery that it stands in (a sheet, a file of an archive), where it has several.';
COMMENT ON COLUMN quarantine.position IS 'Line or row in the delivered file.';
COMMENT ON COLUMN quarantine.org_unit IS 'Code of the unit that it is of, as far as that could be told.';
COMMENT ON COLUMN quarantine.reason IS 'Why it was set aside, in Vietnamese / English.';
COMMENT ON COLUMN quarantine.column_name IS 'The column that is at fault, where it is one.';
COMMENT ON COLUMN quarantine.delivered_value IS 'What stood in that column.';
COMMENT ON COLUMN quarantine.known_at IS 'When the batch arrived.';
