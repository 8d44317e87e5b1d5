-- The newest row of each receiver's group that posts or edits its message, and whether the episode's post failed for good.
SELECT
  receiver,
  channel,
  message_group,
  episode,
  notification,
  fingerprint,
  reason,
  NOT coalesce(bool_or(state <> 'failed') FILTER (WHERE delivery = 'post') OVER episode_of, true) AS post_failed
FROM notification
WHERE delivery IN ('post', 'update') AND state <> 'suppressed'
WINDOW episode_of AS (PARTITION BY receiver, message_group, episode)
QUALIFY row_number() OVER (PARTITION BY receiver, message_group ORDER BY sequence DESC) = 1
ORDER BY receiver, message_group;
