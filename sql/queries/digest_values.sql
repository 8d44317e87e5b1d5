-- What was known at $as_of of $subjects, each metric|tier|code@valid_from, in the periods that begin on $first_days: of each
-- the figure that is judged, computed before reported before published.
WITH newest AS (
  SELECT *, concat_ws('|', metric, tier, org_unit || '@' || org_unit_valid_from) AS subject
  FROM observation
  WHERE list_contains($subjects, subject)
    AND list_contains($first_days, period_start)
    AND known_at <= $as_of
    AND recorded_at <= $as_of
  QUALIFY row_number() OVER (
    PARTITION BY subject, period_start, period_end, origin, rolled_up
    ORDER BY known_at DESC, recorded_at DESC, rowid DESC
  ) = 1
)
SELECT subject, period_start, period_end, numerator, denominator, parts
FROM newest
WHERE bodies_reported > 0
QUALIFY row_number() OVER (
  PARTITION BY subject, period_start, period_end
  ORDER BY list_position(['computed', 'reported', 'published'], origin), rolled_up DESC
) = 1
ORDER BY subject, period_start, period_end;
