-- The newest assessment of each target, org_unit and period: how each period was judged last.
SELECT *
FROM assessment
WHERE rowid IN (
  SELECT arg_max(rowid, row(as_of, recorded_at, rowid))
  FROM assessment
  WHERE period_start IS NOT NULL
  GROUP BY target, org_unit, org_unit_valid_from, period_start
)
ORDER BY target, org_unit, org_unit_valid_from, period_start;
