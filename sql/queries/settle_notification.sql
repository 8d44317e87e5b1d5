-- Says what became of a row of the outbox that was still to be sent, and of no other.
UPDATE notification
SET
  state = $state,
  state_reason = $state_reason,
  settled_at = $settled_at,
  slack_channel = $slack_channel,
  slack_ts = $slack_ts
WHERE notification = $notification AND state = 'pending';
