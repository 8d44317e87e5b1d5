-- Periods of $subjects, each metric|tier|code@valid_from, that had been judged by $since and whose figures are others at
-- $as_of: what they were, and what they are. That a late report came for the newest judged period restates nothing.
WITH version AS (
  SELECT
    concat_ws('|', metric, tier, org_unit || '@' || org_unit_valid_from) AS subject,
    *,
    row(known_at, recorded_at, rowid) AS place,
    {'numerator': numerator, 'denominator': denominator, 'bodies': bodies_reported} AS figures
  FROM observation
  WHERE list_contains($subjects, subject) AND known_at <= $as_of AND recorded_at <= $as_of
),
held AS (
  SELECT
    subject,
    metric,
    tier,
    org_unit,
    org_unit_valid_from,
    period_start,
    period_end,
    origin,
    rolled_up,
    arg_max(figures, place) FILTER (WHERE recorded_at <= $since) AS before,
    arg_max(figures, place) AS after
  FROM version
  GROUP BY ALL
)
SELECT
  subject,
  period_start,
  period_end,
  before.numerator AS numerator_before,
  before.denominator AS denominator_before,
  after.numerator AS numerator_after,
  after.denominator AS denominator_after
FROM held AS h
WHERE before IS NOT NULL
  AND (before.numerator, before.denominator) IS DISTINCT FROM (after.numerator, after.denominator)
  AND (
    before.bodies = after.bodies
    OR h.period_end < (
      SELECT max(n.period_end)
      FROM assessment AS n
      WHERE n.metric = h.metric
        AND n.tier = h.tier
        AND n.org_unit = h.org_unit
        AND n.org_unit_valid_from = h.org_unit_valid_from
        AND n.as_of <= $as_of
    )
  )
  AND EXISTS (
    FROM assessment AS a
    WHERE a.metric = h.metric
      AND a.tier = h.tier
      AND a.org_unit = h.org_unit
      AND a.org_unit_valid_from = h.org_unit_valid_from
      AND a.period_start = h.period_start
      AND a.period_end = h.period_end
      AND a.period_state IN ('complete', 'final')
      AND a.as_of <= $since
  )
QUALIFY row_number() OVER (
  PARTITION BY subject, period_start, period_end
  ORDER BY list_position(['computed', 'reported', 'published'], origin), rolled_up DESC
) = 1
ORDER BY subject, period_start DESC;
