-- Adds the looks that found something else than the newest look before them at the same condition. A condition that was
-- looked at more than once in a pass counts as it was found last.
INSERT INTO evaluation BY NAME
WITH found AS (
  SELECT * EXCLUDE (place)
  FROM staged
  QUALIFY row_number() OVER (PARTITION BY kind, subject, org_unit, org_unit_valid_from ORDER BY place DESC) = 1
),
newest AS (
  SELECT kind, subject, org_unit, org_unit_valid_from, outlook, reason, period_start
  FROM evaluation
  WHERE rowid IN (
    SELECT arg_max(rowid, row(recorded_at, rowid)) FROM evaluation GROUP BY kind, subject, org_unit, org_unit_valid_from
  )
)
SELECT
  f.*,
  CAST($as_of AS TIMESTAMPTZ) AS as_of,
  $run_id AS run_id,
  CAST($recorded_at AS TIMESTAMPTZ) AS recorded_at
FROM found AS f
LEFT JOIN newest AS n
  ON n.kind = f.kind
  AND n.subject = f.subject
  AND n.org_unit = f.org_unit
  AND n.org_unit_valid_from IS NOT DISTINCT FROM f.org_unit_valid_from
WHERE n.kind IS NULL
  OR row(n.outlook, n.reason, n.period_start) IS DISTINCT FROM row(f.outlook, f.reason, f.period_start);
