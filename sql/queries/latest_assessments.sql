-- What the newest pass says, row by row: withdrawn targets and org_units are left out.
SELECT *
FROM assessments_as_of(CAST('infinity' AS TIMESTAMPTZ))
SEMI JOIN assessed USING (target, org_unit, org_unit_valid_from)
ORDER BY target, org_unit, org_unit_valid_from;
