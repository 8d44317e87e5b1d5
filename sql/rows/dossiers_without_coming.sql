-- The dossiers behind the share without coming in person: those received online in the period of which it is known whether
-- the applicant had to come, as they were known at $known_at.
SELECT record_id, received_on, came_in_person, NOT came_in_person AS in_numerator, batch_id
FROM procedures
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND received_on BETWEEN $first_day AND $last_day
  AND channel = 'online'
  AND came_in_person IS NOT NULL
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY in_numerator DESC, received_on, record_id
