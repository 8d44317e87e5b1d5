-- What became of the messages about incidents to each receiver after $since and until $until.
SELECT
  receiver,
  count(*) FILTER (WHERE state = 'sent' AND settled_at > $since AND settled_at <= $until) AS sent,
  count(*) FILTER (WHERE state = 'merged' AND settled_at > $since AND settled_at <= $until) AS merged,
  count(*) FILTER (WHERE state = 'suppressed' AND created_at > $since AND created_at <= $until) AS held_back,
  count(*) FILTER (WHERE state = 'failed' AND settled_at > $since AND settled_at <= $until) AS failed
FROM notification
WHERE episode > 0
GROUP BY receiver
ORDER BY receiver;
