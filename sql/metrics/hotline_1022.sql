-- Calls to the hotline by the month they came in, in the programme's time: the share answered within the time promised. A caller
-- who gave up before that time had passed says nothing of the promise and is left out; one who gave up later counts against it.
-- Versions count as in documents.sql.
SELECT
  'hotline_answered_in_time' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  CAST(date_trunc('month', called_on) AS DATE) AS period_start,
  last_day(date_trunc('month', called_on)) AS period_end,
  CAST(count(*) FILTER (WHERE is_counted AND answered AND waited_seconds <= promised_seconds) AS BIGINT) AS numerator,
  CAST(count(*) FILTER (WHERE is_counted) AS BIGINT) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM (
  SELECT
    *,
    (known_to IS NULL OR known_to > $known_at) AS is_current,
    (is_current AND (answered OR waited_seconds > promised_seconds)) AS is_counted
  FROM hotline_1022
  WHERE called_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
    AND known_from <= $known_at
)
GROUP BY ALL
