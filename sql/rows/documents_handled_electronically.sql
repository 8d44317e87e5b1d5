-- The documents behind the share handled electronically: those that a unit registered in the period and has handled, as known at $known_at.
SELECT record_id, direction, registered_on, handled_on, handling, handling = 'electronic' AS in_numerator, batch_id
FROM documents
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND registered_on BETWEEN $first_day AND $last_day
  AND handling IS NOT NULL
  AND NOT withdrawn
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY in_numerator DESC, registered_on, record_id
