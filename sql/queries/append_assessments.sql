-- Adds the rows of `staged` that say something else than the assessment of their target and org_unit just before them.
-- The moments of looking (as_of, run_id, recorded_at) are no difference.
INSERT INTO assessment BY NAME
WITH held AS (
  SELECT *, false AS is_new, rowid AS written
  FROM assessment
  WHERE rowid IN (
    SELECT arg_max(rowid, row(as_of, recorded_at, rowid))
    FROM assessment
    WHERE as_of <= (SELECT min(as_of) FROM staged)
    GROUP BY target, org_unit, org_unit_valid_from
  ) OR as_of > (SELECT min(as_of) FROM staged)
),
versions AS (
  FROM held
  UNION ALL BY NAME
  SELECT *, $run_id AS run_id, CAST($recorded_at AS TIMESTAMPTZ) AS recorded_at, true AS is_new, 0 AS written FROM staged
),
compared AS (
  SELECT
    *,
    row(
      target_version, metric, tier, role, comparison, status, reason, period_start, period_end, period_state, origin,
      numerator, denominator, parts, required, final, attained, needed, headroom, headroom_units,
      low_numerator, high_numerator, bounds_denominator, bodies_reported, bodies_due, missing, deadline, known_at, failed,
      shrank_period_start, shrank_period_end, shrank_numerator, shrank_denominator
    ) AS said,
    lag(said) OVER (
      PARTITION BY target, org_unit, org_unit_valid_from ORDER BY as_of, is_new, recorded_at, written
    ) AS said_before
  FROM versions
)
SELECT * EXCLUDE (is_new, written, said, said_before)
FROM compared
WHERE is_new AND said IS DISTINCT FROM said_before
ORDER BY target, as_of, org_unit, org_unit_valid_from;
