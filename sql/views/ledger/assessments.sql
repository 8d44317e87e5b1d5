-- All that was ever said of a target and org_unit: a row wherever it differs from the one before.
CREATE OR REPLACE VIEW assessments AS
SELECT
  a.target,
  a.target_version,
  t.name_vi,
  t.name_en,
  a.org_unit,
  a.org_unit_valid_from,
  u.name AS org_unit_name,
  a.metric,
  a.tier,
  a.role,
  a.as_of,
  a.status,
  a.reason,
  a.period_start,
  a.period_end,
  a.period_state,
  a.origin,
  a.numerator / nullif(a.denominator, 0) * if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS value,
  a.numerator,
  a.denominator,
  a.parts,
  a.comparison,
  a.required / 1e6 * if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS required,
  a.final / 1e6 * if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS final,
  a.required AS required_millionths,
  a.final AS final_millionths,
  a.attained,
  a.needed,
  a.headroom AS headroom_exact,
  a.headroom_units,
  a.low_numerator,
  a.high_numerator,
  a.bounds_denominator,
  a.bodies_reported,
  a.bodies_due,
  a.missing,
  a.deadline,
  a.known_at,
  a.failed,
  a.shrank_denominator IS NOT NULL AS denominator_shrank,
  a.shrank_period_start,
  a.shrank_period_end,
  a.shrank_numerator,
  a.shrank_denominator,
  a.run_id,
  a.recorded_at
FROM assessment AS a
LEFT JOIN target_version AS t ON t.target = a.target AND t.target_version = a.target_version
LEFT JOIN metric AS m ON m.metric = a.metric
LEFT JOIN org_unit AS u ON u.org_unit = a.org_unit AND u.org_unit_valid_from = a.org_unit_valid_from;

COMMENT ON VIEW assessments IS 'Everything that was ever said of a target and org_unit, one row wherever it differs from the one before.';
COMMENT ON COLUMN assessments.target IS 'The target''s id in the catalogue.';
COMMENT ON COLUMN assessments.target_version IS 'Fingerprint of the version of the target that was judged by.';
COMMENT ON COLUMN assessments.name_vi IS 'What the target asks for, in Vietnamese.';
COMMENT ON COLUMN assessments.name_en IS 'What the target asks for, in English.';
COMMENT ON COLUMN assessments.org_unit IS 'Code of the unit that is assessed.';
COMMENT ON COLUMN assessments.org_unit_valid_from IS 'First day of the unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN assessments.org_unit_name IS 'Name of the unit, in Vietnamese.';
COMMENT ON COLUMN assessments.metric IS 'The metric that the target is set for.';
COMMENT ON COLUMN assessments.tier IS 'Level of the bodies whose work counts.';
COMMENT ON COLUMN assessments.role IS 'pooled, share or each: the part that the unit plays under the target.';
COMMENT ON COLUMN assessments.as_of IS 'The moment from which on this was said; it stands until the next row of the same target and unit.';
COMMENT ON COLUMN assessments.status IS 'ended, not_evaluated, no_data, stale, missed, behind, at_risk, met or on_track.';
COMMENT ON COLUMN assessments.reason IS 'Why the status is what it is, out of a closed list.';
COMMENT ON COLUMN assessments.period_start IS 'First day of the period that was judged.';
COMMENT ON COLUMN assessments.period_end IS 'Last day of the period that was judged.';
COMMENT ON COLUMN assessments.period_state IS 'complete, final or provisional.';
COMMENT ON COLUMN assessments.origin IS 'Where the value comes from: computed, reported or published.';
COMMENT ON COLUMN assessments.value IS 'The value for reading, in the unit of measure (percent from 0 to 100).';
COMMENT ON COLUMN assessments.numerator IS 'Exact numerator of the value.';
COMMENT ON COLUMN assessments.denominator IS 'Exact denominator of the value; 1 where the metric has none.';
COMMENT ON COLUMN assessments.parts IS 'Whether numerator and denominator are real counts, and not a delivered ratio made into integers.';
COMMENT ON COLUMN assessments.comparison IS 'How the value is held against the target: >=, >, <=, < or between.';
COMMENT ON COLUMN assessments.required IS 'What was needed on the period''s last day, in the unit of measure; NULL where nothing was needed yet.';
COMMENT ON COLUMN assessments.final IS 'What the target asks for in the end, in the unit of measure.';
COMMENT ON COLUMN assessments.required_millionths IS 'What was needed, exact, in millionths of the metric''s natural number.';
COMMENT ON COLUMN assessments.final_millionths IS 'What the target asks for in the end, exact, in millionths.';
COMMENT ON COLUMN assessments.attained IS 'Left side of the exact comparison attained >= needed.';
COMMENT ON COLUMN assessments.needed IS 'Right side of the exact comparison attained >= needed.';
COMMENT ON COLUMN assessments.headroom_exact IS 'attained - needed, in millionths times the denominator; negative is short.';
COMMENT ON COLUMN assessments.headroom_units IS 'How many of the numerator to spare, or, negative, how many more would have been needed.';
COMMENT ON COLUMN assessments.low_numerator IS 'Numerator if the missing bodies had nothing, over bounds_denominator.';
COMMENT ON COLUMN assessments.high_numerator IS 'Numerator if the missing bodies had all, over bounds_denominator.';
COMMENT ON COLUMN assessments.bounds_denominator IS 'Denominator with the missing bodies'' last known ones.';
COMMENT ON COLUMN assessments.bodies_reported IS 'How many bodies had reported the period.';
COMMENT ON COLUMN assessments.bodies_due IS 'How many bodies owed the period.';
COMMENT ON COLUMN assessments.missing IS 'The bodies that had not reported, as code@valid_from.';
COMMENT ON COLUMN assessments.deadline IS 'When the period''s reports were due; NULL where nothing is ever due.';
COMMENT ON COLUMN assessments.known_at IS 'When the newest figures behind the value arrived.';
COMMENT ON COLUMN assessments.failed IS 'The verdicts: what the expectations that this row failed stand for.';
COMMENT ON COLUMN assessments.denominator_shrank IS 'Whether the rate rose, with no more in its numerator, because its denominator fell by a fifth or what the metric declares.';
COMMENT ON COLUMN assessments.shrank_period_start IS 'First day of the period that it rose from; the judged one itself, where that was restated.';
COMMENT ON COLUMN assessments.shrank_period_end IS 'Last day of that period.';
COMMENT ON COLUMN assessments.shrank_numerator IS 'The numerator that it rose from.';
COMMENT ON COLUMN assessments.shrank_denominator IS 'The denominator that it rose from.';
COMMENT ON COLUMN assessments.run_id IS 'The pass that found it.';
COMMENT ON COLUMN assessments.recorded_at IS 'When the ledger wrote it down.';
