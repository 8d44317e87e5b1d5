-- Officials of each unit by the newest day of a month for which it was said: how many there are, and how many have a mailbox that
-- is in use. A stock: what an earlier day of the month says is no longer asked. Versions count as in procedures_received.sql.
WITH standing AS (
  SELECT
    *,
    counts AND as_of = max(as_of) FILTER (WHERE counts) OVER (
      PARTITION BY org_unit, org_unit_valid_from, tier, period_start
    ) AS stands
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      (known_to IS NULL OR known_to > $known_at) AND NOT coalesce(withdrawn, false) AS counts,
      CAST(date_trunc('month', as_of) AS DATE) AS period_start
    FROM mailboxes
    WHERE as_of BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
      AND known_from <= $known_at
  )
)
SELECT
  'official_mailboxes' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(count(*) FILTER (WHERE stands AND mailbox = 'active') AS BIGINT) AS numerator,
  CAST(count(*) FILTER (WHERE stands) AS BIGINT) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM standing
GROUP BY ALL
