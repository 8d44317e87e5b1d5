-- Every row that ever was set aside, and how those left quarantine that are in it no longer.
CREATE OR REPLACE VIEW quarantine_history AS
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
  q.known_at,
  q.emptied_how,
  q.emptied_at,
  q.emptied_by,
  came.delivered_as AS emptied_by_delivery
FROM quarantined_row AS q
LEFT JOIN batch AS b ON b.batch_id = q.batch_id
LEFT JOIN batch AS came ON came.batch_id = q.emptied_by;

COMMENT ON VIEW quarantine_history IS 'Every delivered row that ever was set aside, one row for each reason, and what became of it.';
COMMENT ON COLUMN quarantine_history.batch_id IS 'The batch that it was delivered in.';
COMMENT ON COLUMN quarantine_history.source IS 'The source that it came from.';
COMMENT ON COLUMN quarantine_history.delivered_as IS 'Name of the delivered file.';
COMMENT ON COLUMN quarantine_history.batch_state IS 'Whether the rest of the batch was accepted or refused.';
COMMENT ON COLUMN quarantine_history.part IS 'The part of the delivery that it stood in (a sheet, a file of an archive), where it had several.';
COMMENT ON COLUMN quarantine_history.position IS 'Line or row in the delivered file.';
COMMENT ON COLUMN quarantine_history.org_unit IS 'Code of the unit that it is of, as far as that could be told.';
COMMENT ON COLUMN quarantine_history.reason IS 'Why it was set aside, in Vietnamese / English.';
COMMENT ON COLUMN quarantine_history.column_name IS 'The column that was at fault, where it was one.';
COMMENT ON COLUMN quarantine_history.delivered_value IS 'What stood in that column.';
COMMENT ON COLUMN quarantine_history.known_at IS 'When the batch arrived.';
COMMENT ON COLUMN quarantine_history.emptied_how IS 'put_right: it has come as a good row since. set_aside_again: a later delivery had it, and it stands there. NULL: still in quarantine.';
COMMENT ON COLUMN quarantine_history.emptied_at IS 'When it left quarantine: when the delivery by which it left arrived.';
COMMENT ON COLUMN quarantine_history.emptied_by IS 'The batch by which it left.';
COMMENT ON COLUMN quarantine_history.emptied_by_delivery IS 'Name of the file by which it left.';
