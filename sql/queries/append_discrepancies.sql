-- Adds the reports of `staged` of which the newest row says something else. When they arrived is no difference.
INSERT INTO discrepancy BY NAME
WITH newest AS (
  FROM discrepancy
  WHERE rowid IN (
    SELECT arg_max(rowid, row(recorded_at, rowid))
    FROM discrepancy
    GROUP BY metric, tier, org_unit, org_unit_valid_from, period_start, period_end
  )
)
SELECT staged.*, $run_id AS run_id, CAST($recorded_at AS TIMESTAMPTZ) AS recorded_at
FROM staged
LEFT JOIN newest USING (metric, tier, org_unit, org_unit_valid_from, period_start, period_end)
WHERE row(
  newest.reported_numerator, newest.reported_denominator, newest.reported_parts,
  newest.computed_numerator, newest.computed_denominator, newest.computed_parts,
  newest.deviation, newest.allowed, newest.finding, newest.reason_vi, newest.reason_en,
  newest.acknowledged_by, newest.acknowledged_until, newest.lapsed
) IS DISTINCT FROM row(
  staged.reported_numerator, staged.reported_denominator, staged.reported_parts,
  staged.computed_numerator, staged.computed_denominator, staged.computed_parts,
  staged.deviation, staged.allowed, staged.finding, staged.reason_vi, staged.reason_en,
  staged.acknowledged_by, staged.acknowledged_until, staged.lapsed
)
ORDER BY metric, tier, period_start, org_unit, org_unit_valid_from;
