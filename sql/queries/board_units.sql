-- The names of the units whose keys are among $keys.
SELECT unit_key, full_name FROM org_units WHERE list_contains($keys, unit_key);
