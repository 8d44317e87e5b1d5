-- Who follows each unit that has ended, with its part.
SELECT org_unit, org_unit_valid_from, successor, successor_valid_from, weight_numerator, weight_denominator, basis
FROM org_unit_successor
ORDER BY ALL;
