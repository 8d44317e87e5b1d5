-- The dossiers behind the share whose applicant's identity was verified: those received in the period that answer the question, as known at $known_at.
SELECT record_id, received_on, identity_verified, identity_verified AS in_numerator, batch_id
FROM procedures
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND received_on BETWEEN $first_day AND $last_day
  AND identity_verified IS NOT NULL
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY in_numerator DESC, received_on, record_id
