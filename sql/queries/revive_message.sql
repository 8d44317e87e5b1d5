-- Makes the newest words that a lost message had pending again: as if they had never been sent, and for where its
-- receiver is now.
UPDATE notification
SET
  state = 'pending',
  state_reason = $state_reason,
  channel = $channel,
  attempts = 0,
  not_before = NULL,
  settled_at = NULL,
  slack_channel = NULL,
  slack_ts = NULL,
  lost_at = NULL
WHERE notification = (
  SELECT notification
  FROM notification
  WHERE
    receiver = $receiver
    AND message_group = $message_group
    AND episode = $episode
    AND delivery IN ('post', 'update')
    AND state IN ('sent', 'merged')
  ORDER BY sequence DESC
  LIMIT 1
);
