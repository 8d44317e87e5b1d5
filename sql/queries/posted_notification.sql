-- Where the message of an episode is in Slack.
SELECT slack_channel, slack_ts
FROM notification
WHERE receiver = $receiver AND message_group = $message_group AND episode = $episode AND delivery = 'post' AND state = 'sent'
ORDER BY sequence DESC
LIMIT 1;
