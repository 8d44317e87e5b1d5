-- The refused batches, and the accepted ones that arrived at the same time or later and might make them good. What a batch
-- covers is given only as far as it can matter: units and periods of the refused ones.
WITH refused AS (
  SELECT source, min(known_at) AS first_at FROM batch WHERE state = 'refused' GROUP BY source
),
wanted AS (
  SELECT DISTINCT source, tier, org_unit, org_unit_valid_from, period_start, period_end FROM report WHERE NOT accepted
)
SELECT
  b.batch_id,
  b.source,
  b.delivered_as,
  b.state = 'accepted' AS accepted,
  b.refused_because,
  b.known_at,
  b.rows_delivered,
  b.rows_quarantined,
  list(
    {tier: r.tier, org_unit: r.org_unit, org_unit_valid_from: r.org_unit_valid_from,
     period_start: r.period_start, period_end: r.period_end}
    ORDER BY r.tier, r.org_unit, r.org_unit_valid_from, r.period_start
  ) FILTER (WHERE r.tier IS NOT NULL) AS covers
FROM batch AS b
JOIN refused ON refused.source = b.source AND b.known_at >= refused.first_at
LEFT JOIN (
  SELECT * FROM report SEMI JOIN wanted USING (source, tier, org_unit, org_unit_valid_from, period_start, period_end)
) AS r ON r.batch_id = b.batch_id
GROUP BY ALL
ORDER BY b.known_at, b.batch_id;
