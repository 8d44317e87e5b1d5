-- What the directory says of the unit on the last day of the period, as known at $known_at.
SELECT record_id, as_of, connected, connected AS in_numerator, batch_id
FROM document_software
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND period_start = $first_day
  AND period_end = $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY record_id
