-- The services at level 3 and 4 at the end of the period, as known at $known_at.
SELECT procedure, service_level, 1 AS numerator, batch_id
FROM public_service_portal
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND month BETWEEN $first_day AND $last_day
  AND service_level IN ('3', '4')
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY service_level DESC, procedure
