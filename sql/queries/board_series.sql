-- What was observed over time of $subjects, each metric|tier|code@valid_from: of each period the figure that is judged,
-- computed before reported before published. Straight from the table, and not from the view observations, which ranks the
-- versions of every observation there is before it gives any.
WITH newest AS (
  SELECT *, concat_ws('|', metric, tier, org_unit || '@' || org_unit_valid_from) AS subject
  FROM observation
  WHERE list_contains($subjects, subject)
  QUALIFY row_number() OVER (
    PARTITION BY subject, period_start, period_end, origin, rolled_up
    ORDER BY known_at DESC, recorded_at DESC, rowid DESC
  ) = 1
)
SELECT
  subject,
  period_start,
  period_end,
  origin,
  numerator,
  denominator,
  parts,
  bodies_reported,
  bodies_due,
  known_at
FROM newest
WHERE bodies_reported > 0
QUALIFY row_number() OVER (
  PARTITION BY subject, period_start, period_end
  ORDER BY list_position(['computed', 'reported', 'published'], origin), rolled_up DESC
) = 1
ORDER BY subject, period_end, period_start;
