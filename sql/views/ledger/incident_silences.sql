-- Which silences the live incidents match. Whether one is in force yet, begins says.
CREATE OR REPLACE VIEW incident_silences AS
SELECT
  m.number,
  'TW-' || m.number AS name,
  m.silence,
  s.author,
  s.reason,
  s.begins,
  least(s.ends, s.withdrawn_at) AS ended_at
FROM muted AS m
JOIN silence AS s USING (silence);

COMMENT ON VIEW incident_silences IS 'Which silences that had not ended the live incidents match, as the newest pass found it, one row a pair.';
COMMENT ON COLUMN incident_silences.number IS 'Number of the incident.';
COMMENT ON COLUMN incident_silences.name IS 'What people call it: TW- and the number.';
COMMENT ON COLUMN incident_silences.silence IS 'Id of the silence that withholds messages about it.';
COMMENT ON COLUMN incident_silences.author IS 'Who wanted that.';
COMMENT ON COLUMN incident_silences.reason IS 'Why, in that person''s words.';
COMMENT ON COLUMN incident_silences.begins IS 'From when messages are withheld.';
COMMENT ON COLUMN incident_silences.ended_at IS 'Until when they are.';
