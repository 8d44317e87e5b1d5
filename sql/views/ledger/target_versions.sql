-- Every version of a target that was ever applied: whom it is for, what it asks for, and whether it has been judged.
CREATE OR REPLACE VIEW target_versions AS
SELECT
  t.target,
  t.target_version,
  t.effective_from,
  t.effective_to,
  t.replaces,
  t.listed,
  EXISTS (
    FROM assessment AS a
    WHERE a.target = t.target AND a.target_version = t.target_version AND a.period_start IS NOT NULL
  ) AS judged,
  t.name_vi,
  t.name_en,
  t.metric,
  m.unit_of_measure,
  t.tier,
  t.scope,
  t.selector,
  t.when_unit_ends,
  t.comparison,
  t.value / 1e6 * if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS value,
  t.value_to / 1e6 * if(m.unit_of_measure IN ('percent', 'percentage_points'), 100, 1) AS value_to,
  t.value AS value_millionths,
  t.value_to AS value_to_millionths,
  t.due,
  t.path,
  t.trajectory,
  t.assumed AS path_assumed,
  t.warning_margin AS margin_millionths,
  t.reference_title,
  t.reference_publisher,
  t.reference_published,
  t.owner,
  t.recorded_at
FROM target_version AS t
LEFT JOIN metric AS m ON m.metric = t.metric;

COMMENT ON VIEW target_versions IS 'Every version of a target that was ever applied, one row each. One that has been judged stays as it is.';
COMMENT ON COLUMN target_versions.target IS 'The target''s id in the catalogue.';
COMMENT ON COLUMN target_versions.target_version IS 'Fingerprint of what the version is judged by.';
COMMENT ON COLUMN target_versions.effective_from IS 'First day on which the version is in force. A default and its exceptions begin on the same day.';
COMMENT ON COLUMN target_versions.effective_to IS 'Last day on which the version is in force; NULL where no end is set.';
COMMENT ON COLUMN target_versions.replaces IS 'First day of the version that it took the place of; NULL for a target''s first version.';
COMMENT ON COLUMN target_versions.listed IS 'Whether the catalogue still lists it.';
COMMENT ON COLUMN target_versions.judged IS 'Whether a period was ever judged by it.';
COMMENT ON COLUMN target_versions.name_vi IS 'What the target asks for, in Vietnamese.';
COMMENT ON COLUMN target_versions.name_en IS 'What the target asks for, in English.';
COMMENT ON COLUMN target_versions.metric IS 'The metric that the target is set for.';
COMMENT ON COLUMN target_versions.unit_of_measure IS 'What the value is measured in: percent, count, rank and others.';
COMMENT ON COLUMN target_versions.tier IS 'Level of the bodies whose work counts.';
COMMENT ON COLUMN target_versions.scope IS 'pooled: the tier answers as one. each: every unit answers by itself.';
COMMENT ON COLUMN target_versions.selector IS 'Whom it is for, as JSON. NULL for what was withdrawn before the ledger kept it.';
COMMENT ON COLUMN target_versions.when_unit_ends IS 'What becomes of it on a unit that ends. ends: it ends too. passes_on: the unit''s successors answer for it.';
COMMENT ON COLUMN target_versions.comparison IS 'How a value is held against it: >=, >, <=, < or between.';
COMMENT ON COLUMN target_versions.value IS 'What it asks for, in the unit of measure (percent from 0 to 100).';
COMMENT ON COLUMN target_versions.value_to IS 'The upper bound of a target of the kind between, in the unit of measure.';
COMMENT ON COLUMN target_versions.value_millionths IS 'What it asks for, exact, in millionths of the metric''s natural number (90 % is 900000).';
COMMENT ON COLUMN target_versions.value_to_millionths IS 'The upper bound of a target of the kind between, exact, in millionths.';
COMMENT ON COLUMN target_versions.due IS 'Day on which it is to be reached; NULL where it holds always.';
COMMENT ON COLUMN target_versions.path IS 'Shape of the way to it: hold, by_due, linear or steps.';
COMMENT ON COLUMN target_versions.trajectory IS 'What the path is drawn from, as JSON: the declared baseline and milestones, in millionths.';
COMMENT ON COLUMN target_versions.path_assumed IS 'Whether that way is a working assumption and stands in no document.';
COMMENT ON COLUMN target_versions.margin_millionths IS 'The warning margin, in millionths.';
COMMENT ON COLUMN target_versions.reference_title IS 'Title of the document that sets it.';
COMMENT ON COLUMN target_versions.reference_publisher IS 'Who published that document.';
COMMENT ON COLUMN target_versions.reference_published IS 'When it was published, as precisely as is known.';
COMMENT ON COLUMN target_versions.owner IS 'The role that answers for it.';
COMMENT ON COLUMN target_versions.recorded_at IS 'When the ledger first applied it.';
