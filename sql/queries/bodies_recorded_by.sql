-- The newest version of each body's observation that had been recorded by $moment, whenever it is said to have been known.
SELECT
  metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  period_end,
  origin,
  numerator,
  denominator,
  parts,
  known_at,
  batch_id
FROM observation
WHERE rowid IN (
  SELECT arg_max(rowid, row(known_at, recorded_at, rowid))
  FROM observation
  WHERE NOT rolled_up AND recorded_at <= $moment
  GROUP BY metric, org_unit, org_unit_valid_from, tier, period_start, period_end, origin
)
ORDER BY metric, tier, period_start, org_unit, org_unit_valid_from, origin;
