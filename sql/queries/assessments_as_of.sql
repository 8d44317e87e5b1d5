-- What was said of each target and org_unit at $as_of.
SELECT * FROM assessments_as_of($as_of) ORDER BY target, org_unit, org_unit_valid_from;
