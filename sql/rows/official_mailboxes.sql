-- The officials behind the share with a mailbox: those of a unit on the newest day of the period, as known at $known_at.
SELECT record_id, as_of, mailbox, mailbox = 'active' AS in_numerator, batch_id
FROM mailboxes
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND as_of BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
  AND NOT coalesce(withdrawn, false)
QUALIFY as_of = max(as_of) OVER ()
ORDER BY in_numerator DESC, record_id
