-- The newest ended period that was observed of a metric and unit at $moment, tier by tier.
SELECT tier, period_start, period_end, origin
FROM observation
WHERE metric = $metric AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from
  AND known_at <= $moment AND recorded_at <= $moment AND bodies_reported > 0
  AND (period_end < $today OR origin = 'published')
QUALIFY row_number() OVER (
  PARTITION BY tier
  ORDER BY period_end DESC, period_start DESC, list_position(['computed', 'reported', 'published'], origin)
) = 1
ORDER BY tier;
