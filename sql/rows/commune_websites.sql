-- What the last look of the period found of the commune's web page, as known at $known_at.
SELECT checked_on, page, page = 'own' AS in_numerator, batch_id
FROM commune_web
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND checked_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
QUALIFY checked_on = max(checked_on) OVER ()
ORDER BY checked_on
