-- The days behind the availability of the WAN, as known at $known_at: checks that found it up, of those that were to be made.
SELECT
  counted_on,
  checks_up AS numerator,
  checks_up + checks_down + checks_missing AS denominator,
  checks_missing,
  batch_id
FROM data_centre_wan
WHERE system = 'wan'
  AND org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND counted_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY counted_on
