-- What was told of a target while an incident went on, until $until; of what was withheld only what is about that incident.
SELECT created_at, channel, delivery, reason, state, state_reason, settled_at, incident, text, receiver
FROM notifications
WHERE message_group = $message_group AND created_at BETWEEN $began_at AND $until
  AND (incident = $number OR state <> 'suppressed')
ORDER BY sequence;
