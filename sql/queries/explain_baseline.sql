-- Where units stood when a path without a declared start began: of each the newest value of a period that had ended by
-- $baseline_on, else the first one that was ever observed.
WITH newest AS (
  SELECT *
  FROM observation
  WHERE metric = $metric AND tier = $tier AND list_contains($units, org_unit || '@' || org_unit_valid_from)
    AND known_at <= $moment AND recorded_at <= $moment AND bodies_reported > 0
  QUALIFY row_number() OVER (
    PARTITION BY org_unit, org_unit_valid_from, period_start, period_end
    ORDER BY
      list_position(['computed', 'reported', 'published'], origin), rolled_up DESC, known_at DESC, recorded_at DESC,
      rowid DESC
  ) = 1
)
SELECT
  metric, tier, org_unit, org_unit_valid_from, period_start, period_end, origin, numerator, denominator, parts
FROM newest
WHERE denominator > 0
QUALIFY row_number() OVER (
  PARTITION BY org_unit, org_unit_valid_from
  ORDER BY
    coalesce(period_end <= CAST($baseline_on AS DATE), false) DESC,
    if(coalesce(period_end <= CAST($baseline_on AS DATE), false), -epoch(period_end), epoch(period_end))
) = 1
ORDER BY org_unit, org_unit_valid_from;
