-- Every version of every body's observation, in the order in which they became known: what a replay looks back on.
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
WHERE NOT rolled_up
ORDER BY known_at, recorded_at, rowid;
