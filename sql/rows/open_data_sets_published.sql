-- The data sets of the open data list at the last look of the period, as known at $known_at.
SELECT data_set, publisher, checked_on, published, published AS in_numerator, batch_id
FROM open_data_portal
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND checked_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
QUALIFY checked_on = max(checked_on) OVER ()
ORDER BY in_numerator DESC, data_set
