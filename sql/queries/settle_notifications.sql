-- Writes down how the rows stand that a sender has worked on. What was settled before stays as it is: doing it twice is
-- doing it once.
UPDATE notification
SET
  state = staged.state,
  state_reason = CASE WHEN staged.is_said THEN staged.state_reason ELSE notification.state_reason END,
  attempts = coalesce(staged.attempts, notification.attempts),
  attempted_at = coalesce(staged.attempted_at, notification.attempted_at),
  not_before = CASE WHEN staged.is_said THEN staged.not_before ELSE notification.not_before END,
  settled_at = staged.settled_at,
  channel = coalesce(staged.channel, notification.channel),
  slack_channel = staged.slack_channel,
  slack_ts = staged.slack_ts
FROM staged
WHERE notification.notification = staged.notification AND notification.state = 'pending';
