-- Every observation in its newest version. What was known at an earlier moment: FROM observations_as_of(moment).
CREATE OR REPLACE VIEW observations AS
FROM observations_as_of(CAST('infinity' AS TIMESTAMPTZ));

COMMENT ON VIEW observations IS 'Every observation in its newest version; observations_as_of(moment) gives what was known at an earlier moment.';
COMMENT ON COLUMN observations.metric IS 'The metric that was observed.';
COMMENT ON COLUMN observations.metric_name_vi IS 'Name of the metric in Vietnamese.';
COMMENT ON COLUMN observations.metric_name_en IS 'Name of the metric in English.';
COMMENT ON COLUMN observations.unit_of_measure IS 'What the value is measured in.';
COMMENT ON COLUMN observations.org_unit IS 'Code of the unit. Codes are re-used: join on org_unit_valid_from too.';
COMMENT ON COLUMN observations.org_unit_valid_from IS 'First day of the unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN observations.org_unit_name IS 'Name of the unit, in Vietnamese.';
COMMENT ON COLUMN observations.level IS 'Level of the unit.';
COMMENT ON COLUMN observations.tier IS 'Level of the bodies that handled the work.';
COMMENT ON COLUMN observations.period_start IS 'First day of the period.';
COMMENT ON COLUMN observations.period_end IS 'Last day of the period.';
COMMENT ON COLUMN observations.origin IS 'computed from records, reported by the unit, or published.';
COMMENT ON COLUMN observations.rolled_up IS 'Whether the figures are a sum, over the bodies of a subtree or with what a unit that ended has passed on, and not one body''s own.';
COMMENT ON COLUMN observations.value IS 'The value for reading, in the unit of measure (percent from 0 to 100); NULL where the denominator is 0.';
COMMENT ON COLUMN observations.numerator IS 'Exact numerator.';
COMMENT ON COLUMN observations.denominator IS 'Exact denominator; 1 where the metric has none.';
COMMENT ON COLUMN observations.parts IS 'Whether numerator and denominator are real counts, and not a delivered ratio made into integers.';
COMMENT ON COLUMN observations.bodies_reported IS 'How many bodies the figures come from.';
COMMENT ON COLUMN observations.bodies_due IS 'How many bodies owe the period.';
COMMENT ON COLUMN observations.known_at IS 'When the figures arrived, or were published.';
COMMENT ON COLUMN observations.recorded_at IS 'When the ledger wrote them down.';
COMMENT ON COLUMN observations.batch_id IS 'The newest batch behind a body''s own figures.';
COMMENT ON COLUMN observations.run_id IS 'The pass that wrote them down.';
