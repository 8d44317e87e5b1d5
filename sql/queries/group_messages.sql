-- The newest row of each receiver's group that posts or edits its message, and whether the episode's post failed for good.
--
-- An edit that cannot be sent because mail cannot be edited counts as what the message says. Digests, summaries and
-- what the sender says of itself are about no incident: nothing of theirs is edited.
WITH messages AS (
  SELECT
    *,
    delivery IN ('post', 'update') AND (state <> 'suppressed' OR state_reason = 'not_editable') AS has_words,
    delivery IN ('post', 'reply') AND state <> 'suppressed' AS is_heard
  FROM notification
  WHERE episode > 0
)
SELECT
  receiver,
  channel,
  message_group,
  episode,
  notification,
  fingerprint,
  reason,
  NOT coalesce(bool_or(state <> 'failed') FILTER (WHERE delivery = 'post' AND has_words) OVER episode_of, true)
    AS post_failed,
  max(created_at) FILTER (WHERE is_heard) OVER group_of AS told_at
FROM messages
WHERE has_words OR is_heard
WINDOW
  episode_of AS (PARTITION BY receiver, message_group, episode),
  group_of AS (PARTITION BY receiver, message_group)
QUALIFY has_words AND row_number() OVER (PARTITION BY receiver, message_group, has_words ORDER BY sequence DESC) = 1
ORDER BY receiver, message_group;
