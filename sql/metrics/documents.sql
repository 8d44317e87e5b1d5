-- Documents by the month they were registered in: of those that have been handled, the share handled electronically. One that is
-- not handled yet, or was withdrawn, counts for nothing. A version counts as it was known at $known_at; a version that was
-- replaced by then counts for nothing, but its group is still given, so that a month that a correction emptied is measured as
-- empty.
SELECT
  'documents_handled_electronically' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  CAST(date_trunc('month', registered_on) AS DATE) AS period_start,
  last_day(date_trunc('month', registered_on)) AS period_end,
  CAST(count(*) FILTER (WHERE is_counted AND handling = 'electronic') AS BIGINT) AS numerator,
  CAST(count(*) FILTER (WHERE is_counted) AS BIGINT) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM (
  SELECT
    *,
    (known_to IS NULL OR known_to > $known_at) AS is_current,
    (is_current AND NOT withdrawn AND handling IS NOT NULL) AS is_counted
  FROM documents
  WHERE registered_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
    AND known_from <= $known_at
)
GROUP BY ALL
