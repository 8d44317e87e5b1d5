-- What was said of a target and unit until $moment, the newest first.
SELECT as_of, status, reason, period_end, value, required
FROM assessments
WHERE target = $target AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from AND as_of <= $moment
ORDER BY as_of DESC, recorded_at DESC;
