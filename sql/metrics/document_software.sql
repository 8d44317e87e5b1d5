-- Each unit that is in being on the last day of a month: one, and of it one or none on the connected software. Versions count as in
-- documents.sql.
SELECT
  'document_management_units' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  period_end,
  CAST(count(*) FILTER (WHERE is_current AND connected) AS BIGINT) AS numerator,
  CAST(count(*) FILTER (WHERE is_current) AS BIGINT) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM (
  SELECT *, (known_to IS NULL OR known_to > $known_at) AS is_current
  FROM document_software
  WHERE period_start <= CAST($last_day AS DATE)
    AND period_end >= CAST($first_day AS DATE)
    AND known_from <= $known_at
)
GROUP BY ALL
