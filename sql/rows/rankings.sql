-- The published place that stands for a period, as it was known at $known_at.
SELECT as_of, rank, ranked, published_on, batch_id
FROM rankings
WHERE metric = $metric
  AND org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND period_start = $first_day
  AND period_end = $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY as_of DESC, known_from DESC
LIMIT 1
