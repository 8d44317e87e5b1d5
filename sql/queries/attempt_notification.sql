UPDATE notification
SET attempts = attempts + 1, attempted_at = $attempted_at
WHERE notification = $notification AND state = 'pending';
