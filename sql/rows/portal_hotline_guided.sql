-- The last day of the period of which the portal says what it held by then, as known at $known_at.
SELECT counted_on, callers_guided_to_date AS numerator, batch_id
FROM city_portal
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND counted_on BETWEEN $first_day AND $last_day
  AND callers_guided_to_date IS NOT NULL
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY counted_on DESC
LIMIT 1
