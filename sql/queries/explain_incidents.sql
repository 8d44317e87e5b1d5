-- What had happened until $moment to the incidents of a target and unit.
SELECT number, event, happened_at, by_whom, why, facts_after
FROM incident_history
WHERE kind = 'behind' AND subject = $target AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from
  AND happened_at <= $moment
ORDER BY number, recorded_at, happened_at;
