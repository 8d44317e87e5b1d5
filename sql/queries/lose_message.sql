-- The message of an episode is there no more.
UPDATE notification
SET lost_at = $lost_at
WHERE
  receiver = $receiver
  AND message_group = $message_group
  AND episode = $episode
  AND delivery IN ('post', 'update')
  AND state = 'sent'
  AND lost_at IS NULL;
