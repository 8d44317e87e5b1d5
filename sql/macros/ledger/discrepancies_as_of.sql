-- What units report of themselves beside what their records give, as it had been found by `moment`.
CREATE OR REPLACE MACRO discrepancies_as_of(moment) AS TABLE
SELECT
  d.metric,
  m.name_vi AS metric_name_vi,
  m.name_en AS metric_name_en,
  m.unit_of_measure,
  m.owner,
  d.tier,
  d.org_unit,
  d.org_unit_valid_from,
  u.name AS org_unit_name,
  u.level,
  d.period_start,
  d.period_end,
  d.finding <> 'not_evaluated' AND d.period_end = max(if(d.finding = 'not_evaluated', NULL, d.period_end)) OVER (
    PARTITION BY d.metric, d.tier, d.org_unit, d.org_unit_valid_from
  ) AS is_newest,
  d.finding,
  d.reported_numerator / nullif(d.reported_denominator, 0)
    * if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS reported,
  d.computed_numerator / nullif(d.computed_denominator, 0)
    * if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS computed,
  (d.reported_numerator / nullif(d.reported_denominator, 0) - d.computed_numerator / nullif(d.computed_denominator, 0))
    * if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS difference,
  d.reported_numerator,
  d.reported_denominator,
  d.reported_parts,
  d.computed_numerator,
  d.computed_denominator,
  d.computed_parts,
  if(d.reported_parts AND d.computed_parts, d.reported_numerator - d.computed_numerator, NULL) AS numerator_difference,
  if(d.reported_parts AND d.computed_parts, d.reported_denominator - d.computed_denominator, NULL)
    AS denominator_difference,
  d.deviation AS deviation_millionths,
  d.allowed AS tolerance_millionths,
  d.reason_vi,
  d.reason_en,
  d.acknowledged_by,
  d.acknowledged_until,
  d.lapsed,
  d.reported_at,
  d.computed_at,
  d.recorded_at,
  d.run_id
FROM discrepancy AS d
LEFT JOIN metric AS m ON m.metric = d.metric
LEFT JOIN org_unit AS u ON u.org_unit = d.org_unit AND u.org_unit_valid_from = d.org_unit_valid_from
WHERE d.rowid IN (
  SELECT arg_max(rowid, row(recorded_at, rowid))
  FROM discrepancy
  WHERE recorded_at <= moment
  GROUP BY metric, tier, org_unit, org_unit_valid_from, period_start, period_end
);
