-- Where every target stands, as the newest pass found it.
CREATE OR REPLACE VIEW current_status AS
WITH pass AS (
  SELECT max(as_of) AS as_of FROM run
),
live_incident AS (
  SELECT number, state, subject, org_unit, org_unit_valid_from
  FROM incident
  WHERE kind = 'behind' AND state IN ('pending', 'open', 'acknowledged')
),
followed AS (
  SELECT
    s.org_unit,
    s.org_unit_valid_from,
    list(u.name ORDER BY s.weight_numerator / s.weight_denominator DESC, u.name, s.successor) AS successors
  FROM org_unit_successor AS s
  JOIN org_unit AS u ON u.org_unit = s.successor AND u.org_unit_valid_from = s.successor_valid_from
  GROUP BY s.org_unit, s.org_unit_valid_from
),
scaled AS (
  SELECT
    a.*,
    m.unit_of_measure,
    m.kind AS metric_kind,
    m.name_vi AS metric_name_vi,
    m.name_en AS metric_name_en,
    m.counted_vi,
    m.counted_en,
    m.source,
    if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS scale
  FROM assessments_as_of(CAST('infinity' AS TIMESTAMPTZ)) AS a
  SEMI JOIN assessed ON assessed.target = a.target
    AND assessed.org_unit = a.org_unit
    AND assessed.org_unit_valid_from = a.org_unit_valid_from
  LEFT JOIN metric AS m ON m.metric = a.metric
)
SELECT
  a.target,
  a.target_version,
  t.position,
  t.name_vi,
  t.name_en,
  t.short_name_vi,
  t.short_name_en,
  a.org_unit,
  a.org_unit_valid_from,
  u.name AS org_unit_name,
  u.level AS org_unit_level,
  a.tier,
  t.scope,
  a.role,
  a.status,
  a.reason,
  a.numerator / nullif(a.denominator, 0) * a.scale AS value,
  a.numerator,
  a.denominator,
  a.parts,
  a.required / 1e6 * a.scale AS required,
  a.final / 1e6 * a.scale AS final,
  a.comparison,
  (a.headroom + if(a.comparison IN ('>', '<'), 1, 0)) / 1e6 / nullif(a.denominator, 0) * a.scale AS headroom,
  a.headroom_units,
  a.low_numerator / nullif(a.bounds_denominator, 0) * a.scale AS value_low,
  a.high_numerator / nullif(a.bounds_denominator, 0) * a.scale AS value_high,
  t.due,
  a.period_start,
  a.period_end,
  a.period_state,
  a.origin,
  a.known_at,
  date_diff('day', a.period_end, CAST(timezone(p.time_zone, pass.as_of) AS DATE)) AS age_days,
  a.deadline,
  a.bodies_reported / nullif(a.bodies_due, 0) AS coverage,
  a.bodies_reported,
  a.bodies_due,
  a.missing,
  i.number AS incident,
  i.state AS incident_state,
  t.owner,
  o.name_vi AS owner_name_vi,
  o.name_en AS owner_name_en,
  a.metric,
  a.metric_name_vi,
  a.metric_name_en,
  a.metric_kind,
  a.unit_of_measure,
  a.counted_vi,
  a.counted_en,
  a.source,
  s.name_vi AS source_name_vi,
  s.name_en AS source_name_en,
  s.planned AS source_planned,
  t.path,
  t.trajectory,
  t.assumed AS path_assumed,
  t.reference_title,
  t.reference_publisher,
  t.reference_published,
  t.effective_from,
  t.effective_to,
  t.replaces,
  t.when_unit_ends,
  coalesce(f.successors, []) AS successors,
  a.required AS required_millionths,
  a.final AS final_millionths,
  t.value AS target_millionths,
  t.value_to AS final_to_millionths,
  t.warning_margin AS margin_millionths,
  a.attained,
  a.needed,
  a.headroom AS headroom_exact,
  a.low_numerator,
  a.high_numerator,
  a.bounds_denominator,
  a.failed,
  a.shrank_denominator IS NOT NULL AS denominator_shrank,
  a.shrank_period_start,
  a.shrank_period_end,
  a.shrank_numerator,
  a.shrank_denominator,
  a.as_of,
  a.run_id
FROM scaled AS a
CROSS JOIN pass
LEFT JOIN programme AS p ON true
LEFT JOIN target_version AS t ON t.target = a.target AND t.target_version = a.target_version
LEFT JOIN org_unit AS u ON u.org_unit = a.org_unit AND u.org_unit_valid_from = a.org_unit_valid_from
LEFT JOIN followed AS f ON f.org_unit = a.org_unit AND f.org_unit_valid_from = a.org_unit_valid_from
LEFT JOIN owner AS o ON o.owner = t.owner
LEFT JOIN source AS s ON s.source = a.source
LEFT JOIN live_incident AS i ON i.subject = a.target
  AND i.org_unit = a.org_unit
  AND i.org_unit_valid_from IS NOT DISTINCT FROM a.org_unit_valid_from;

COMMENT ON VIEW current_status IS 'Where every target stands, one row for each target and org_unit, as the newest pass of watch found it.';
COMMENT ON COLUMN current_status.target IS 'The target''s id in the catalogue.';
COMMENT ON COLUMN current_status.target_version IS 'Fingerprint of the version of the target that was judged by.';
COMMENT ON COLUMN current_status.position IS 'Place of the target in the catalogue, counted from 0: an order for lists.';
COMMENT ON COLUMN current_status.name_vi IS 'What the target asks for, in Vietnamese.';
COMMENT ON COLUMN current_status.name_en IS 'What the target asks for, in English.';
COMMENT ON COLUMN current_status.short_name_vi IS 'Short name of the target in Vietnamese.';
COMMENT ON COLUMN current_status.short_name_en IS 'Short name of the target in English.';
COMMENT ON COLUMN current_status.org_unit IS 'Code of the unit that is assessed. Codes are re-used: join on org_unit_valid_from too.';
COMMENT ON COLUMN current_status.org_unit_valid_from IS 'First day of the unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN current_status.org_unit_name IS 'Name of the unit, in Vietnamese.';
COMMENT ON COLUMN current_status.org_unit_level IS 'Level of the unit: city, department, district or commune, as the catalogue has it.';
COMMENT ON COLUMN current_status.tier IS 'Level of the bodies whose work counts.';
COMMENT ON COLUMN current_status.scope IS 'pooled: the tier answers as one. each: every unit answers by itself.';
COMMENT ON COLUMN current_status.role IS 'pooled: the tier as one. share: one unit''s share of a pooled target''s gap. each: a unit that answers by itself.';
COMMENT ON COLUMN current_status.status IS 'ended, not_evaluated, no_data, stale, missed, behind, at_risk, met or on_track.';
COMMENT ON COLUMN current_status.reason IS 'Why the status is what it is, out of a closed list.';
COMMENT ON COLUMN current_status.value IS 'The value for reading, in the unit of measure (percent from 0 to 100). For exact work use numerator and denominator.';
COMMENT ON COLUMN current_status.numerator IS 'Exact numerator of the value.';
COMMENT ON COLUMN current_status.denominator IS 'Exact denominator of the value; 1 where the metric has none.';
COMMENT ON COLUMN current_status.parts IS 'Whether numerator and denominator are real counts, and not a delivered ratio made into integers.';
COMMENT ON COLUMN current_status.required IS 'What was needed on the period''s last day, in the unit of measure; NULL where nothing was needed yet.';
COMMENT ON COLUMN current_status.final IS 'What the target asks for in the end, in the unit of measure.';
COMMENT ON COLUMN current_status.comparison IS 'How the value is held against the target: >=, >, <=, < or between.';
COMMENT ON COLUMN current_status.headroom IS 'How far the value is from what is needed, in points (percent, percentage_points) or in the unit of measure; negative is short.';
COMMENT ON COLUMN current_status.headroom_units IS 'The same in whole units of the numerator: how many to spare, or, negative, how many more would have been needed.';
COMMENT ON COLUMN current_status.value_low IS 'The value if the bodies that have not reported had nothing of the numerator.';
COMMENT ON COLUMN current_status.value_high IS 'The value if the bodies that have not reported had all of the numerator.';
COMMENT ON COLUMN current_status.due IS 'Day on which the target is to be reached; NULL where it holds always.';
COMMENT ON COLUMN current_status.period_start IS 'First day of the period that was judged.';
COMMENT ON COLUMN current_status.period_end IS 'Last day of the period that was judged.';
COMMENT ON COLUMN current_status.period_state IS 'complete: all bodies have reported. final: the deadline has passed. provisional: neither.';
COMMENT ON COLUMN current_status.origin IS 'Where the value comes from: computed, reported or published.';
COMMENT ON COLUMN current_status.known_at IS 'When the newest figures behind the value arrived.';
COMMENT ON COLUMN current_status.age_days IS 'Age of the data: days from the judged period''s last day to the day of the newest pass.';
COMMENT ON COLUMN current_status.deadline IS 'When the judged period''s reports were due; NULL where nothing is ever due.';
COMMENT ON COLUMN current_status.coverage IS 'Share of the bodies due that have reported, from 0 to 1.';
COMMENT ON COLUMN current_status.bodies_reported IS 'How many bodies have reported the period.';
COMMENT ON COLUMN current_status.bodies_due IS 'How many bodies owe the period.';
COMMENT ON COLUMN current_status.missing IS 'The bodies that have not reported, as code@valid_from.';
COMMENT ON COLUMN current_status.incident IS 'Number of the incident that goes on about this target and unit, if one does.';
COMMENT ON COLUMN current_status.incident_state IS 'pending, open or acknowledged.';
COMMENT ON COLUMN current_status.owner IS 'The role that answers for the target.';
COMMENT ON COLUMN current_status.owner_name_vi IS 'Name of that role in Vietnamese.';
COMMENT ON COLUMN current_status.owner_name_en IS 'Name of that role in English.';
COMMENT ON COLUMN current_status.metric IS 'The metric that the target is set for.';
COMMENT ON COLUMN current_status.metric_name_vi IS 'Name of the metric in Vietnamese.';
COMMENT ON COLUMN current_status.metric_name_en IS 'Name of the metric in English.';
COMMENT ON COLUMN current_status.metric_kind IS 'ratio, count, level or rank.';
COMMENT ON COLUMN current_status.unit_of_measure IS 'What the value is measured in: percent, percentage_points, count, rank, days, money such as billion_vnd.';
COMMENT ON COLUMN current_status.counted_vi IS 'What numerator and denominator count, in Vietnamese.';
COMMENT ON COLUMN current_status.counted_en IS 'What numerator and denominator count, in English.';
COMMENT ON COLUMN current_status.source IS 'The source that the metric''s data come from.';
COMMENT ON COLUMN current_status.source_name_vi IS 'Name of the source in Vietnamese.';
COMMENT ON COLUMN current_status.source_name_en IS 'Name of the source in English.';
COMMENT ON COLUMN current_status.source_planned IS 'Whether the source is only declared and not gathered yet.';
COMMENT ON COLUMN current_status.path IS 'Shape of the way to the target: hold, by_due, linear or steps.';
COMMENT ON COLUMN current_status.trajectory IS 'What the path is drawn from, as JSON: the declared baseline and milestones, in millionths.';
COMMENT ON COLUMN current_status.path_assumed IS 'Whether that way is a working assumption and stands in no document.';
COMMENT ON COLUMN current_status.reference_title IS 'Title of the document that sets the target.';
COMMENT ON COLUMN current_status.reference_publisher IS 'Who published that document.';
COMMENT ON COLUMN current_status.reference_published IS 'When it was published, as precisely as is known.';
COMMENT ON COLUMN current_status.effective_from IS 'First day on which the target''s version is in force.';
COMMENT ON COLUMN current_status.effective_to IS 'Last day on which the target''s version is in force; NULL where no end is set.';
COMMENT ON COLUMN current_status.replaces IS 'First day of the version that this one took the place of; NULL for the target''s first version.';
COMMENT ON COLUMN current_status.when_unit_ends IS 'What becomes of the target on a unit that ends. ends: it ends too. passes_on: the unit''s successors answer for it.';
COMMENT ON COLUMN current_status.successors IS 'Names of the units that follow this one from the day after its end, the largest part first; empty where none does.';
COMMENT ON COLUMN current_status.required_millionths IS 'What was needed, exact, in millionths of the metric''s natural number (90 % is 900000).';
COMMENT ON COLUMN current_status.final_millionths IS 'What the target asks for in the end, exact, in millionths.';
COMMENT ON COLUMN current_status.target_millionths IS 'What the target''s version asks for, exact; there too where nothing could be assessed.';
COMMENT ON COLUMN current_status.final_to_millionths IS 'The upper bound of a target of the kind between, in millionths.';
COMMENT ON COLUMN current_status.margin_millionths IS 'The warning margin, in millionths.';
COMMENT ON COLUMN current_status.attained IS 'Left side of the exact comparison attained >= needed.';
COMMENT ON COLUMN current_status.needed IS 'Right side of the exact comparison attained >= needed.';
COMMENT ON COLUMN current_status.headroom_exact IS 'attained - needed, in millionths times the denominator.';
COMMENT ON COLUMN current_status.low_numerator IS 'Numerator if the missing bodies had nothing, over bounds_denominator.';
COMMENT ON COLUMN current_status.high_numerator IS 'Numerator if the missing bodies had all, over bounds_denominator.';
COMMENT ON COLUMN current_status.bounds_denominator IS 'Denominator with the missing bodies'' last known ones.';
COMMENT ON COLUMN current_status.failed IS 'The verdicts: what the expectations that this row failed stand for.';
COMMENT ON COLUMN current_status.denominator_shrank IS 'Whether the rate rose, with no more in its numerator, because its denominator fell by a fifth or what the metric declares.';
COMMENT ON COLUMN current_status.shrank_period_start IS 'First day of the period that it rose from; the judged one itself, where that was restated.';
COMMENT ON COLUMN current_status.shrank_period_end IS 'Last day of that period.';
COMMENT ON COLUMN current_status.shrank_numerator IS 'The numerator that it rose from.';
COMMENT ON COLUMN current_status.shrank_denominator IS 'The denominator that it rose from.';
COMMENT ON COLUMN current_status.as_of IS 'The pass that first found it so; later passes found the same.';
COMMENT ON COLUMN current_status.run_id IS 'Id of that pass.';
