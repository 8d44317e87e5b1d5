-- What a unit reported of itself beside what its records gave, as it had been found by $moment: the newest periods first.
SELECT d.*, o.name_vi AS by_vi, o.name_en AS by_en
FROM discrepancies_as_of($moment) AS d
LEFT JOIN owner AS o ON o.owner = d.acknowledged_by
WHERE d.metric = $metric
  AND d.tier = $tier
  AND d.org_unit = $org_unit
  AND d.org_unit_valid_from = $org_unit_valid_from
  AND d.period_start <= $period_start
ORDER BY d.period_start DESC
LIMIT 12;
