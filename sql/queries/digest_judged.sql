-- How each target and org_unit was judged for one period, as it had been by $as_of.
SELECT *
FROM assessment
WHERE rowid IN (
  SELECT arg_max(rowid, row(as_of, recorded_at, rowid))
  FROM assessment
  WHERE as_of <= $as_of AND period_start = $first_day AND period_end = $last_day
  GROUP BY target, org_unit, org_unit_valid_from
)
ORDER BY target, org_unit, org_unit_valid_from;
