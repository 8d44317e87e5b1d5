-- The villages and residential groups behind the share with a Vpostcode, of the newest day of the period, as known at $known_at.
SELECT area, as_of, households_coded AS numerator, households AS denominator, batch_id
FROM post
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND as_of BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
  AND NOT coalesce(withdrawn, false)
QUALIFY as_of = max(as_of) OVER ()
ORDER BY area
