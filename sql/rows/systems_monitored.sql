-- The days behind the share of checks that were made, system by system, as known at $known_at.
SELECT
  system,
  counted_on,
  checks_up + checks_down AS numerator,
  checks_up + checks_down + checks_missing AS denominator,
  batch_id
FROM data_centre_wan
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND counted_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY system, counted_on
