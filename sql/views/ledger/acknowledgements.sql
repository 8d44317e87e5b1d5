-- Who was on which incident, from when until when, and how that ended.
CREATE OR REPLACE VIEW acknowledgements AS
WITH step AS (
  SELECT
    *,
    lead(kind) OVER of_incident AS next_kind,
    lead(happened_at) OVER of_incident AS next_at,
    lead(by_whom) OVER of_incident AS next_by
  FROM incident_event
  WHERE kind IN ('acknowledged', 'lapsed', 'resolved', 'superseded', 'ended')
  WINDOW of_incident AS (PARTITION BY number ORDER BY recorded_at, rowid)
)
SELECT
  s.number,
  'TW-' || s.number AS name,
  i.kind,
  i.subject,
  nullif(i.org_unit, '') AS org_unit,
  i.org_unit_valid_from,
  s.by_whom AS acknowledged_by,
  s.why AS reason,
  s.happened_at AS acknowledged_at,
  s.until,
  s.next_at AS ended_at,
  CASE s.next_kind
    WHEN 'acknowledged' THEN 'renewed'
    WHEN 'lapsed' THEN if(s.next_by IS NULL, 'lapsed', 'taken_back')
    ELSE s.next_kind
  END AS ended_as,
  s.next_by AS ended_by
FROM step AS s
LEFT JOIN incident AS i ON i.number = s.number
WHERE s.kind = 'acknowledged';

COMMENT ON VIEW acknowledgements IS 'Who was on which incident, one row each time that somebody acknowledged one, with how that ended.';
COMMENT ON COLUMN acknowledgements.number IS 'Number of the incident.';
COMMENT ON COLUMN acknowledgements.name IS 'What people call it: TW- and the number.';
COMMENT ON COLUMN acknowledgements.kind IS 'What the incident is about: behind, late, quality or misreported.';
COMMENT ON COLUMN acknowledgements.subject IS 'Id of the target, source or claim; metric/tier of what a unit reports of itself.';
COMMENT ON COLUMN acknowledgements.org_unit IS 'Code of the unit; NULL for sources and claims.';
COMMENT ON COLUMN acknowledgements.org_unit_valid_from IS 'First day of the unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN acknowledgements.acknowledged_by IS 'Who acknowledged it.';
COMMENT ON COLUMN acknowledgements.reason IS 'Why, in that person''s words.';
COMMENT ON COLUMN acknowledgements.acknowledged_at IS 'When.';
COMMENT ON COLUMN acknowledgements.until IS 'When it was to lapse by itself; NULL: not before the incident closes.';
COMMENT ON COLUMN acknowledgements.ended_at IS 'When it ended; NULL while it is in force.';
COMMENT ON COLUMN acknowledgements.ended_as IS 'lapsed (its term passed, or the severity rose), taken_back, renewed (somebody acknowledged it again), or as the incident closed: resolved, superseded or ended.';
COMMENT ON COLUMN acknowledgements.ended_by IS 'Who took it back or renewed it.';
