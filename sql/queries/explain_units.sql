-- The units that can be asked for.
SELECT *
FROM org_units
ORDER BY org_unit, org_unit_valid_from;
