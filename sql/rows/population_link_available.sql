-- The days behind the availability of the link, as known at $known_at.
SELECT counted_on, checks_up AS numerator, checks AS denominator, batch_id
FROM population_db
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND counted_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY counted_on
