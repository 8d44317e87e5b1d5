-- Every observation in its newest version that was known at `moment`, with its value in the metric's unit of measure.
CREATE OR REPLACE MACRO observations_as_of(moment) AS TABLE
SELECT
  o.metric,
  m.name_vi AS metric_name_vi,
  m.name_en AS metric_name_en,
  m.unit_of_measure,
  o.org_unit,
  o.org_unit_valid_from,
  u.name AS org_unit_name,
  u.level,
  o.tier,
  o.period_start,
  o.period_end,
  o.origin,
  o.rolled_up,
  o.numerator / nullif(o.denominator, 0) * if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS value,
  o.numerator,
  o.denominator,
  o.parts,
  o.bodies_reported,
  o.bodies_due,
  o.known_at,
  o.recorded_at,
  o.batch_id,
  o.run_id
FROM observation AS o
LEFT JOIN metric AS m ON m.metric = o.metric
LEFT JOIN org_unit AS u ON u.org_unit = o.org_unit AND u.org_unit_valid_from = o.org_unit_valid_from
WHERE o.rowid IN (
  SELECT arg_max(rowid, row(known_at, recorded_at, rowid))
  FROM observation
  WHERE known_at <= moment
  GROUP BY metric, org_unit, org_unit_valid_from, tier, period_start, period_end, origin, rolled_up
);
