-- The count behind the share of households covered, of the newest day of the period, as known at $known_at.
SELECT as_of, households_covered AS numerator, households AS denominator, batch_id
FROM broadband
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND as_of BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
QUALIFY as_of = max(as_of) OVER ()
ORDER BY as_of
