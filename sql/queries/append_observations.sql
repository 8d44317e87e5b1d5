-- Adds the rows of `staged` whose figures differ from the version that was known just before them. A row with an earlier
-- known_at than others is compared with what was known at its own time. Figures arrive in the order of their known_at, but
-- publications may be delivered in any order: of those every date of publication is kept, so that the order does not matter.
INSERT INTO observation BY NAME
WITH held AS (
  SELECT o.*, false AS is_new, o.rowid AS written
  FROM observation AS o
  SEMI JOIN staged USING (metric, org_unit, org_unit_valid_from, tier, period_start, period_end, origin, rolled_up)
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
      numerator, denominator, parts, bodies_reported, bodies_due, if(origin = 'published', known_at, NULL)
    ) AS figures,
    lag(figures) OVER (
      PARTITION BY metric, org_unit, org_unit_valid_from, tier, period_start, period_end, origin, rolled_up
      ORDER BY known_at, is_new, recorded_at, written
    ) AS figures_before
  FROM versions
)
SELECT * EXCLUDE (is_new, written, figures, figures_before)
FROM compared
WHERE is_new AND figures IS DISTINCT FROM figures_before
ORDER BY metric, tier, period_start, org_unit, org_unit_valid_from, origin;
