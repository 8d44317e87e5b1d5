-- The bodies that an assessment counts as missing, by name.
SELECT u.full_name, u.org_unit, u.org_unit_valid_from, u.parent_name
FROM org_units AS u
SEMI JOIN (
  SELECT unnest(missing) AS unit_key
  FROM assessments_as_of($moment)
  WHERE target = $target AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from
) AS m ON m.unit_key = u.unit_key
ORDER BY u.full_name;
