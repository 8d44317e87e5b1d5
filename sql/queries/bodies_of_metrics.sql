-- The newest version of each body's observation of these metrics.
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
  WHERE NOT rolled_up AND list_contains(CAST($metrics AS VARCHAR[]), metric) AND known_at <= $as_of
  GROUP BY metric, org_unit, org_unit_valid_from, tier, period_start, period_end, origin
)
ORDER BY metric, tier, period_start, org_unit, org_unit_valid_from, origin;
