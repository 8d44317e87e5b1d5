-- How the values of $subjects went, each metric|tier|code@valid_from: of each period that ended after $since the figure
-- that is judged, as it is known now, computed before reported before published.
WITH newest AS (
  SELECT *, concat_ws('|', metric, tier, org_unit || '@' || org_unit_valid_from) AS subject
  FROM observation
  WHERE period_end > $since AND list_contains($subjects, subject)
  QUALIFY row_number() OVER (
    PARTITION BY subject, period_start, period_end, origin, rolled_up
    ORDER BY known_at DESC, recorded_at DESC, rowid DESC
  ) = 1
)
SELECT subject, period_start, period_end, numerator, denominator
FROM newest
WHERE bodies_reported > 0
QUALIFY row_number() OVER (
  PARTITION BY subject, period_start, period_end
  ORDER BY list_position(['computed', 'reported', 'published'], origin), rolled_up DESC
) = 1
ORDER BY subject, period_end, period_start;
