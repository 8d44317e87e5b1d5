-- Every version of the figures of the units and periods of `staged`, the newest first, as far as they are counts.
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
  bodies_reported,
  bodies_due
FROM observation AS o
SEMI JOIN staged USING (metric, org_unit, org_unit_valid_from, tier, period_start, period_end, origin)
WHERE parts
ORDER BY known_at DESC, recorded_at DESC, o.rowid DESC;
