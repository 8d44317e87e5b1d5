-- The data sets that were published at the last look of the period, and whether they were renewed in time, as known at $known_at.
SELECT
  data_set,
  publisher,
  checked_on,
  updated_on,
  every_days,
  date_diff('day', updated_on, checked_on) <= every_days AS in_numerator,
  batch_id
FROM open_data_portal
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND checked_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
QUALIFY checked_on = max(checked_on) OVER () AND published
ORDER BY in_numerator DESC, data_set
