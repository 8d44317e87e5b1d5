-- Rows in quarantine that name no record, out of $earlier deliveries that $batch_id says again: it has at least as many rows,
-- every unit and period that they reported, and every record that they brought. What of them is still wrong stands in
-- quarantine out of $batch_id; only where nothing there is without a record have all of them been put right.
UPDATE quarantined_row
SET
  emptied_how = CASE
    WHEN EXISTS (SELECT 1 FROM quarantined_row AS bad WHERE bad.batch_id = $batch_id AND bad.record_id IS NULL)
      THEN 'set_aside_again'
    ELSE 'put_right'
  END,
  emptied_at = CAST($known_at AS TIMESTAMPTZ),
  emptied_by = $batch_id
WHERE emptied_at IS NULL
  AND record_id IS NULL
  AND batch_id IN (
    SELECT said.batch_id
    FROM batch AS said
    JOIN batch AS again ON again.batch_id = $batch_id AND again.rows_delivered >= said.rows_delivered
    WHERE list_contains($earlier, said.batch_id)
      AND said.batch_id IN (SELECT report.batch_id FROM report)
      AND said.batch_id NOT IN (
        SELECT one.batch_id
        FROM report AS one
        ANTI JOIN (SELECT * FROM report WHERE report.batch_id = $batch_id) AS other
          USING (org_unit, org_unit_valid_from, tier, period_start, period_end)
        WHERE list_contains($earlier, one.batch_id)
      )
      AND said.batch_id NOT IN (
        SELECT brought.batch_id
        FROM query_table($record_table) AS brought
        WHERE list_contains($earlier, brought.batch_id)
          AND brought.record_id NOT IN (SELECT good.record_id FROM staged AS good)
          AND brought.record_id NOT IN (
            SELECT bad.record_id FROM quarantined_row AS bad WHERE bad.batch_id = $batch_id AND bad.record_id IS NOT NULL
          )
      )
  );
