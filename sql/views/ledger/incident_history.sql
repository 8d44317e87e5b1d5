-- What happened to each incident, step by step.
CREATE OR REPLACE VIEW incident_history AS
SELECT
  e.number,
  'TW-' || e.number AS name,
  e.kind AS event,
  e.happened_at,
  i.kind,
  i.subject,
  nullif(i.org_unit, '') AS org_unit,
  i.org_unit_valid_from,
  e.by_whom,
  e.why,
  e.until,
  e.facts_before,
  e.facts_after,
  e.run_id,
  e.recorded_at
FROM incident_event AS e
LEFT JOIN incident AS i ON i.number = e.number;

COMMENT ON VIEW incident_history IS 'What happened to each incident, one row a step.';
COMMENT ON COLUMN incident_history.number IS 'Number of the incident.';
COMMENT ON COLUMN incident_history.name IS 'What people call it: TW- and the number.';
COMMENT ON COLUMN incident_history.event IS 'pending, opened, changed, resolved, superseded, ended, withdrawn (it never opened), acknowledged, lapsed (the acknowledgement) or escalated.';
COMMENT ON COLUMN incident_history.happened_at IS 'When it happened.';
COMMENT ON COLUMN incident_history.kind IS 'What the incident is about: behind, late, quality or misreported.';
COMMENT ON COLUMN incident_history.subject IS 'Id of the target, source or claim.';
COMMENT ON COLUMN incident_history.org_unit IS 'Code of the unit; NULL for sources and claims.';
COMMENT ON COLUMN incident_history.org_unit_valid_from IS 'First day of the unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN incident_history.by_whom IS 'Who did it; NULL where a pass of watch found it.';
COMMENT ON COLUMN incident_history.why IS 'Why, in that person''s words; of what nobody did, term or severity where it lapsed, and the receiver that an escalation told.';
COMMENT ON COLUMN incident_history.until IS 'Of an acknowledgement: when it lapses by itself.';
COMMENT ON COLUMN incident_history.facts_before IS 'What was known before, as JSON.';
COMMENT ON COLUMN incident_history.facts_after IS 'What was known afterwards, as JSON.';
COMMENT ON COLUMN incident_history.run_id IS 'The pass that found it; act- and a number where a person did it.';
COMMENT ON COLUMN incident_history.recorded_at IS 'When the ledger wrote it down.';
