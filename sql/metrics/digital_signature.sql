-- Signatures issued by the end of a month, over all providers. One that says nothing in a month still has what it had issued
-- before. Versions count as in procedures_received.sql.
WITH known AS (
  SELECT
    *,
    (known_to IS NULL OR known_to > $known_at) AS is_current,
    CAST(date_trunc('month', as_of) AS DATE) AS month
  FROM digital_signature
  WHERE as_of <= last_day(CAST($last_day AS DATE))
    AND known_from <= $known_at
),

months AS (
  SELECT DISTINCT month AS period_start
  FROM known
  WHERE as_of >= date_trunc('month', CAST($first_day AS DATE))
),

standing AS (
  SELECT
    months.period_start,
    known.*,
    known.is_current
    AND known.as_of = max(known.as_of) FILTER (WHERE known.is_current) OVER (
      PARTITION BY months.period_start, known.provider
    ) AS is_newest
  FROM months
  JOIN known ON known.month <= months.period_start
)

SELECT
  'digital_signatures_issued' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(coalesce(sum(issued_to_date) FILTER (WHERE is_newest), 0) AS BIGINT) AS numerator,
  CAST(if(count(*) FILTER (WHERE is_newest) > 0, 1, 0) AS BIGINT) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) FILTER (
    WHERE is_newest OR NOT is_current OR month = period_start
  ) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM standing
GROUP BY ALL
