INSERT INTO assessed
SELECT target, org_unit, org_unit_valid_from FROM staged ORDER BY target, org_unit, org_unit_valid_from;
