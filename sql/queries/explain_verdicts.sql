-- The verdicts on a target and unit: one for each expectation that its row failed.
SELECT unnest(failed) AS verdict
FROM assessments_as_of($moment)
WHERE target = $target AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from;
