-- Dossiers by the month they were due in: the share finished on or before its day. An open one counts as late once its day is
-- past, and that is known from the day after; before that it counts for nothing. Versions count as in procedures_received.sql.
WITH counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    CAST(date_trunc('month', due_on) AS DATE) AS period_start,
    count(*) FILTER (WHERE is_current AND finished_on <= due_on) AS on_time,
    count(*) FILTER (WHERE is_current AND (finished_on IS NOT NULL OR due_on < today)) AS answered_for,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS delivered_at,
    max(due_on) FILTER (WHERE is_current AND finished_on IS NULL AND due_on < today) AS last_overdue,
    arg_max(batch_id, known_from) AS batch_id
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      CAST(timezone('Asia/Ho_Chi_Minh', CAST($known_at AS TIMESTAMPTZ)) AS DATE) AS today
    FROM procedures
    WHERE due_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
      AND known_from <= $known_at
  )
  GROUP BY ALL
)
SELECT
  'dossiers_on_time' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(on_time AS BIGINT) AS numerator,
  CAST(answered_for AS BIGINT) AS denominator,
  true AS parts,
  greatest(delivered_at, timezone('Asia/Ho_Chi_Minh', CAST(last_overdue + 1 AS TIMESTAMP))) AS known_at,
  batch_id
FROM counted
