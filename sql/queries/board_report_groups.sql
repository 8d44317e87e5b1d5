-- Of every metric and tier that is both reported and computed: how many units could be compared in their newest period, and
-- how many of them differ, or differ and are acknowledged.
SELECT
  d.metric,
  d.tier,
  any_value(d.metric_name_vi) AS metric_name_vi,
  any_value(d.metric_name_en) AS metric_name_en,
  any_value(m.kind) AS metric_kind,
  any_value(m.unit_of_measure) AS unit_of_measure,
  any_value(m.counted_vi) AS counted_vi,
  any_value(m.counted_en) AS counted_en,
  any_value(o.name_vi) AS owner_name_vi,
  any_value(o.name_en) AS owner_name_en,
  coalesce(any_value(l.plural_vi), d.tier) AS level_vi,
  coalesce(any_value(l.plural_en), d.tier) AS level_en,
  count(*) AS compared,
  count(*) FILTER (WHERE d.finding = 'misreported') AS misreported,
  count(*) FILTER (WHERE d.finding = 'acknowledged') AS acknowledged,
  max(d.tolerance_millionths) AS tolerance_millionths
FROM discrepancies AS d
LEFT JOIN metric AS m ON m.metric = d.metric
LEFT JOIN owner AS o ON o.owner = m.owner
LEFT JOIN level AS l ON l.level = d.level
WHERE d.is_newest AND ($metric IS NULL OR d.metric = $metric) AND ($tier IS NULL OR d.tier = $tier)
GROUP BY d.metric, d.tier
ORDER BY misreported = 0, acknowledged = 0, d.metric, d.tier;
