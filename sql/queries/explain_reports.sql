-- The deliveries that had reported a unit's period by $moment, those that were refused among them.
SELECT DISTINCT batch_id
FROM report
WHERE source = $source AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from AND tier = $tier
  AND period_start = $period_start AND period_end = $period_end AND known_at <= $moment
ORDER BY batch_id;
