-- How the system of $source answered the last time, if it was ever asked.
SELECT
  state,
  says,
  first_at AS since,
  last_at AS asked_at,
  EXISTS (SELECT 1 FROM asked AS earlier WHERE earlier.source = $source AND earlier.state = 'answered') AS has_answered
FROM asked
WHERE source = $source
ORDER BY first_at DESC, last_at DESC
LIMIT 1;
