UPDATE notification
SET not_before = $not_before, state_reason = $state_reason
WHERE notification = $notification AND state = 'pending';
