-- The message of ours that stands at $ts in the channel $channel, as it was told last.
SELECT n.receiver, n.message_group, n.incident
FROM notifications AS n
WHERE n.slack_channel = $channel AND n.slack_ts = $ts AND n.delivery <> 'reply'
ORDER BY n.sequence DESC
LIMIT 1;
