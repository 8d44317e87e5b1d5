-- The units that a tier answers for as one under a target, at $moment.
SELECT org_unit, org_unit_valid_from, status, reason, period_end, numerator, denominator
FROM assessments_as_of($moment)
WHERE target = $target AND role = 'pooled'
ORDER BY org_unit, org_unit_valid_from;
