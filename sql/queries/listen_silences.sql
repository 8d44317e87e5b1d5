-- The silences that withhold messages at $now, the first to end first.
SELECT s.silence, s.matchers, s.author, s.reason, s.ended_at
FROM silences AS s
WHERE s.begins <= $now AND $now < s.ended_at
ORDER BY s.ended_at, s.silence;
