-- What each provider had issued by the end of the period, as known at $known_at.
SELECT provider, as_of, issued_to_date AS numerator, batch_id
FROM digital_signature
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND as_of <= $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
QUALIFY row_number() OVER (PARTITION BY provider ORDER BY as_of DESC) = 1
ORDER BY provider
