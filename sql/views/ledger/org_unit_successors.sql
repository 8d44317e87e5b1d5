-- Who goes on with the work of the units that ended, and with which part.
CREATE OR REPLACE VIEW org_unit_successors AS
SELECT
  s.org_unit,
  s.org_unit_valid_from,
  u.org_unit_valid_to,
  s.org_unit || '@' || s.org_unit_valid_from AS unit_key,
  u.level AS org_unit_level,
  u.name AS org_unit_name,
  s.successor,
  s.successor_valid_from,
  s.successor || '@' || s.successor_valid_from AS successor_key,
  f.level AS successor_level,
  f.name AS successor_name,
  s.weight_numerator / s.weight_denominator AS weight,
  s.weight_numerator,
  s.weight_denominator,
  s.basis
FROM org_unit_successor AS s
LEFT JOIN org_unit AS u ON u.org_unit = s.org_unit AND u.org_unit_valid_from = s.org_unit_valid_from
LEFT JOIN org_unit AS f ON f.org_unit = s.successor AND f.org_unit_valid_from = s.successor_valid_from;

COMMENT ON VIEW org_unit_successors IS 'Who goes on with the work of a unit from the day after its end, one row for each unit and successor.';
COMMENT ON COLUMN org_unit_successors.org_unit IS 'Code of the unit that ended. Codes are re-used: join on org_unit_valid_from too.';
COMMENT ON COLUMN org_unit_successors.org_unit_valid_from IS 'First day of that unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN org_unit_successors.org_unit_valid_to IS 'Last day of that unit''s validity.';
COMMENT ON COLUMN org_unit_successors.unit_key IS 'Both as one text, as in current_status.missing: code@valid_from.';
COMMENT ON COLUMN org_unit_successors.org_unit_level IS 'Level of that unit, as the catalogue has it.';
COMMENT ON COLUMN org_unit_successors.org_unit_name IS 'Name of that unit, in Vietnamese.';
COMMENT ON COLUMN org_unit_successors.successor IS 'Code of the unit that follows. It may be the same code, for another unit.';
COMMENT ON COLUMN org_unit_successors.successor_valid_from IS 'First day of that unit''s validity.';
COMMENT ON COLUMN org_unit_successors.successor_key IS 'Both as one text: code@valid_from.';
COMMENT ON COLUMN org_unit_successors.successor_level IS 'Level of the unit that follows.';
COMMENT ON COLUMN org_unit_successors.successor_name IS 'Name of the unit that follows, in Vietnamese.';
COMMENT ON COLUMN org_unit_successors.weight IS 'The part that goes over to it, from 0 to 1, for reading. For exact work use the next two.';
COMMENT ON COLUMN org_unit_successors.weight_numerator IS 'Exact numerator of the part. The parts of a unit add up to exactly 1.';
COMMENT ON COLUMN org_unit_successors.weight_denominator IS 'Exact denominator of the part.';
COMMENT ON COLUMN org_unit_successors.basis IS 'What the part rests on. whole: undivided. counted: by what was counted. equal: divided, no count is known. assumed: no source says where it went.';
