-- The units of the programme, with a name that tells each from the others of its level.
CREATE OR REPLACE VIEW org_units AS
WITH namesake AS (
  SELECT DISTINCT one.org_unit, one.org_unit_valid_from
  FROM org_unit AS one
  JOIN org_unit AS other
    ON other.level = one.level
    AND other.name = one.name
    AND other.org_unit <> one.org_unit
    AND other.org_unit_valid_from <= coalesce(one.org_unit_valid_to, DATE '9999-12-31')
    AND one.org_unit_valid_from <= coalesce(other.org_unit_valid_to, DATE '9999-12-31')
)
SELECT
  u.org_unit,
  u.org_unit_valid_from,
  u.org_unit_valid_to,
  u.org_unit || '@' || u.org_unit_valid_from AS unit_key,
  u.level,
  l.plural_vi AS level_plural_vi,
  l.plural_en AS level_plural_en,
  u.kind,
  u.name,
  if(n.org_unit IS NULL, u.name, u.name || ' (' || coalesce(p.name, u.org_unit) || ')') AS full_name,
  u.parent,
  u.parent_valid_from,
  p.name AS parent_name
FROM org_unit AS u
LEFT JOIN org_unit AS p ON p.org_unit = u.parent AND p.org_unit_valid_from = u.parent_valid_from
LEFT JOIN namesake AS n ON n.org_unit = u.org_unit AND n.org_unit_valid_from = u.org_unit_valid_from
LEFT JOIN level AS l ON l.level = u.level;

COMMENT ON VIEW org_units IS 'The units of the programme, one row for each stretch of time in which name and parent stayed the same.';
COMMENT ON COLUMN org_units.org_unit IS 'Code of the unit. Codes are re-used: join on org_unit_valid_from too.';
COMMENT ON COLUMN org_units.org_unit_valid_from IS 'First day of the unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN org_units.org_unit_valid_to IS 'Last day of the unit''s validity; NULL while it lasts.';
COMMENT ON COLUMN org_units.unit_key IS 'Both as one text, as in current_status.missing: code@valid_from.';
COMMENT ON COLUMN org_units.level IS 'Level of the unit, as the catalogue has it.';
COMMENT ON COLUMN org_units.level_plural_vi IS 'What the units of that level are called together, in Vietnamese.';
COMMENT ON COLUMN org_units.level_plural_en IS 'What the units of that level are called together, in English.';
COMMENT ON COLUMN org_units.kind IS 'What it is called beside its name: Quận, Huyện, Phường and so on.';
COMMENT ON COLUMN org_units.name IS 'Name of the unit, in Vietnamese.';
COMMENT ON COLUMN org_units.full_name IS 'The name, with the parent''s behind it where another unit of the level bears the same name.';
COMMENT ON COLUMN org_units.parent IS 'Code of the unit above it.';
COMMENT ON COLUMN org_units.parent_valid_from IS 'First day of that unit''s validity.';
COMMENT ON COLUMN org_units.parent_name IS 'Name of that unit, in Vietnamese.';
