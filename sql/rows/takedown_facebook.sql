-- The accounts and links that Facebook acted on in the period, as known at $known_at.
SELECT record_id, requested_on, acted_on, 1 AS numerator, batch_id
FROM content_moderation
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND acted_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
  AND NOT coalesce(withdrawn, false)
  AND outcome = 'removed'
  AND platform = 'facebook'
ORDER BY acted_on, record_id
