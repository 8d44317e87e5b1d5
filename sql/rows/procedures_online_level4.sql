-- The procedures behind the share offered fully online: those that can be, at the end of the period, as known at $known_at.
SELECT procedure, service_level, service_level = '4' AS in_numerator, batch_id
FROM public_service_portal
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND month BETWEEN $first_day AND $last_day
  AND eligible
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY in_numerator DESC, procedure
