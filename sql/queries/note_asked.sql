-- What came of asking the system of $source at $asked_at: the stretch goes on where it comes to the same, else a new one begins.
UPDATE asked
SET last_at = greatest(last_at, CAST($asked_at AS TIMESTAMPTZ))
WHERE source = $source
  AND state = $state
  AND says IS NOT DISTINCT FROM $says
  AND first_at = (SELECT max(newest.first_at) FROM asked AS newest WHERE newest.source = $source);

INSERT INTO asked
SELECT $source, $state, $says, CAST($asked_at AS TIMESTAMPTZ), CAST($asked_at AS TIMESTAMPTZ)
WHERE NOT EXISTS (
  SELECT 1
  FROM asked AS newest
  WHERE newest.source = $source
    AND newest.state = $state
    AND newest.says IS NOT DISTINCT FROM $says
    AND newest.first_at = (SELECT max(other.first_at) FROM asked AS other WHERE other.source = $source)
);
