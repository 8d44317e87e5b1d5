-- The two sides of the exact comparison, of what was observed.
SELECT
  numerator, denominator, required, final, attained, needed, attained >= needed AS reached, headroom, headroom_units,
  low_numerator, high_numerator, bounds_denominator
FROM assessments_as_of($moment)
WHERE target = $target AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from;
