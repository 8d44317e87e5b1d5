-- When newest data arrived. A delivery that speaks only of periods before the newest that its source has told of is a backfill:
-- it makes nothing fresh. Nor does one that was refused.
WITH told AS (
  SELECT source, batch_id, max(period_end) AS newest
  FROM report
  WHERE accepted
  GROUP BY source, batch_id
),
fresh AS (
  SELECT batch_id, newest >= max(newest) OVER (PARTITION BY source) AS is_fresh
  FROM told
)
SELECT max(b.known_at) AS known_at
FROM batches AS b
LEFT JOIN fresh ON fresh.batch_id = b.batch_id
WHERE b.state = 'accepted' AND coalesce(fresh.is_fresh, true);
