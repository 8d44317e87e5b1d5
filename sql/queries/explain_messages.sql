-- What was told of the incident $number until $moment, and what was withheld of it. While it went on ($began_at to $ended_at)
-- a unit's share was told of within the messages about the units $answering, which answer for it. A snapshot or a row that
-- does not say what a message is about is of an older release: it is known by the name of its group.
WITH outbox AS (FROM notifications UNION ALL BY NAME SELECT NULL::BIGINT[] AS about WHERE false),
tier AS (
  SELECT coalesce(list(number), []) AS numbers
  FROM incidents
  WHERE kind = 'behind' AND subject = $target AND list_contains($answering, org_unit || '@' || org_unit_valid_from)
)
SELECT
  created_at, receiver, transport, channel, delivery, reason, state, state_reason, settled_at, message_group, incident, text
FROM outbox
CROSS JOIN tier
WHERE created_at <= $moment
  AND CASE
    WHEN list_contains(about, $number) THEN true
    WHEN created_at NOT BETWEEN $began_at AND $ended_at THEN false
    WHEN about IS NULL THEN message_group = 'behind/' || $target AND (incident = $number OR state <> 'suppressed')
    ELSE state <> 'suppressed' AND list_has_any(about, numbers)
  END
ORDER BY sequence;
