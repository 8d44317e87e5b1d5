-- What was said of $target and its unit, newest first.
SELECT as_of, status, reason, period_start, period_end, numerator, denominator, headroom_units
FROM assessments
WHERE target = $target AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from
ORDER BY as_of DESC, recorded_at DESC
LIMIT $most;
