-- Every version of what was observed of a unit in a period, the newest first; a sum over bodies before a body's own figures.
SELECT numerator, denominator, parts, bodies_reported, bodies_due, known_at, recorded_at, rolled_up, batch_id
FROM observation
WHERE metric = $metric AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from AND tier = $tier
  AND period_start = $period_start AND period_end = $period_end AND origin = $origin
ORDER BY rolled_up DESC, known_at DESC, recorded_at DESC, rowid DESC;
