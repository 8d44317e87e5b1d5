-- Every silence there ever was, with what it withholds and how much it has withheld.
CREATE OR REPLACE VIEW silences AS
WITH withheld AS (
  SELECT substr(state_reason, length('silenced:') + 1) AS silence, count(*) AS messages
  FROM notification
  WHERE state = 'suppressed' AND starts_with(state_reason, 'silenced:')
  GROUP BY ALL
)
SELECT
  s.silence,
  array_to_string(
    list_transform(
      from_json(s.match, '[{"label": "VARCHAR", "values": ["VARCHAR"], "negated": "BOOLEAN"}]'),
      lambda one: one.label || if(one.negated, '!=', '=') || array_to_string(one."values", ',')
    ),
    ' '
  ) AS matchers,
  s.author,
  s.reason,
  s.created_at,
  s.begins,
  s.ends,
  least(s.ends, s.withdrawn_at) AS ended_at,
  s.withdrawn_at,
  s.withdrawn_by,
  s.summed_up_at,
  coalesce(w.messages, 0) AS withheld,
  s.match
FROM silence AS s
LEFT JOIN withheld AS w USING (silence);

COMMENT ON VIEW silences IS 'Every silence there ever was, one row each. It is in force from begins until ended_at.';
COMMENT ON COLUMN silences.silence IS 'Id of the silence.';
COMMENT ON COLUMN silences.matchers IS 'Of what messages are withheld, as it is written: label=value,value and label!=value, all of which must hold.';
COMMENT ON COLUMN silences.author IS 'Who wanted it.';
COMMENT ON COLUMN silences.reason IS 'Why, in that person''s words.';
COMMENT ON COLUMN silences.created_at IS 'When it was asked for.';
COMMENT ON COLUMN silences.begins IS 'From when it withholds messages.';
COMMENT ON COLUMN silences.ends IS 'Until when it was to withhold them.';
COMMENT ON COLUMN silences.ended_at IS 'When it ended or is going to end: its term, or when somebody ended it before.';
COMMENT ON COLUMN silences.withdrawn_at IS 'When somebody ended it before its time; NULL where nobody did.';
COMMENT ON COLUMN silences.withdrawn_by IS 'Who did.';
COMMENT ON COLUMN silences.summed_up_at IS 'When what happened meanwhile was told; NULL where it has not been yet.';
COMMENT ON COLUMN silences.withheld IS 'How many messages it has withheld: rows of notifications with state_reason silenced: and this id.';
COMMENT ON COLUMN silences.match IS 'The same as matchers, as JSON.';
