-- What could not be sent: receivers that cannot be reached, others whose messages wait since before $late, and messages
-- that were refused for good since $recently.
SELECT 'unreachable' AS how, receiver, since, says, waiting AS messages, told_to
FROM receiver_troubles
WHERE ended_at IS NULL
UNION ALL BY NAME
SELECT 'late' AS how, receiver, min(created_at) AS since, max_by(state_reason, sequence) AS says, count(*) AS messages
FROM notifications
WHERE
  state = 'pending'
  AND created_at < $late
  AND receiver NOT IN (SELECT receiver FROM receiver_troubles WHERE ended_at IS NULL)
GROUP BY receiver
UNION ALL BY NAME
SELECT 'refused' AS how, receiver, max(settled_at) AS since, max_by(state_reason, sequence) AS says, count(*) AS messages
FROM notifications
WHERE state = 'failed' AND settled_at >= $recently
GROUP BY receiver
ORDER BY how DESC, receiver;
