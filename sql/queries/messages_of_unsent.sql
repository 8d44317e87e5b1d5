-- Where the messages are whose edits and replies are still to be sent: the newest place of each, unless it was found gone.
SELECT receiver, message_group, episode, slack_channel, slack_ts, channel, payload ->> '$.text' AS text
FROM notification
SEMI JOIN (
  SELECT receiver, message_group, episode FROM notification WHERE state = 'pending'
) AS unsent USING (receiver, message_group, episode)
WHERE delivery IN ('post', 'update') AND state = 'sent' AND slack_ts IS NOT NULL AND lost_at IS NULL
QUALIFY row_number() OVER (PARTITION BY receiver, message_group, episode ORDER BY sequence DESC) = 1;
