-- The systems behind the share connected: each as the platform spoke of it last in the period, as known at $known_at.
SELECT system, counted_on, connected, connected AS in_numerator, batch_id
FROM lgsp
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND counted_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
QUALIFY row_number() OVER (PARTITION BY system ORDER BY counted_on DESC) = 1
ORDER BY in_numerator DESC, system
