-- What a unit reports of itself for a period, as it was known at $known_at.
SELECT reported_for, numerator, denominator, share, batch_id
FROM unit_reports
WHERE metric = $metric
  AND org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND period_start = $first_day
  AND period_end = $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY known_from DESC, reported_for DESC
LIMIT 1
