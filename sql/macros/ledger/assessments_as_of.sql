-- The newest assessment of each target and org_unit, as it stood at `moment`.
CREATE OR REPLACE MACRO assessments_as_of(moment) AS TABLE
SELECT *
FROM assessment
WHERE rowid IN (
  SELECT arg_max(rowid, row(as_of, recorded_at, rowid))
  FROM assessment
  WHERE as_of <= moment
  GROUP BY target, org_unit, org_unit_valid_from
);
