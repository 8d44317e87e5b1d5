-- Every incident with its state now, and with the names of what it is about.
CREATE OR REPLACE VIEW incidents AS
WITH mute AS (
  -- Of the silences that had not ended when the snapshot was made, the one that lasts longest.
  SELECT
    m.number,
    arg_max(s.silence, least(s.ends, s.withdrawn_at)) AS silence,
    arg_max(s.begins, least(s.ends, s.withdrawn_at)) AS silenced_from,
    max(least(s.ends, s.withdrawn_at)) AS silenced_until
  FROM muted AS m
  JOIN silence AS s USING (silence)
  GROUP BY m.number
),
target_name AS (
  SELECT
    target,
    arg_max(name_vi, row(listed, effective_from)) AS name_vi,
    arg_max(name_en, row(listed, effective_from)) AS name_en,
    arg_max(owner, row(listed, effective_from)) AS owner
  FROM target_version
  GROUP BY target
),
claim_name AS (
  SELECT claim, arg_max(name_vi, recorded_at) AS name_vi, arg_max(name_en, recorded_at) AS name_en
  FROM claim
  GROUP BY claim
)
SELECT
  i.number,
  'TW-' || i.number AS name,
  i.kind,
  i.state,
  i.state IN ('pending', 'open', 'acknowledged') AS is_live,
  i.subject,
  coalesce(t.name_vi, s.name_vi, c.name_vi, m.name_vi) AS subject_name_vi,
  coalesce(t.name_en, s.name_en, c.name_en, m.name_en) AS subject_name_en,
  nullif(i.org_unit, '') AS org_unit,
  i.org_unit_valid_from,
  u.name AS org_unit_name,
  u.level AS org_unit_level,
  i.org_unit = p.root_unit AS is_root_unit,
  coalesce(t.owner, s.owner, m.owner) AS owner,
  o.name_vi AS owner_name_vi,
  o.name_en AS owner_name_en,
  i.began_at,
  i.opened_at,
  i.closed_at,
  i.severity,
  i.acknowledged_at,
  i.acknowledged_by,
  i.acknowledged_because,
  i.acknowledged_until,
  i.escalated AS escalation_steps,
  q.silence,
  q.silenced_from,
  q.silenced_until,
  i.last_period,
  i.bad_periods,
  i.good_periods,
  i.good_since,
  i.held_since,
  i.facts
FROM incident AS i
LEFT JOIN target_name AS t ON i.kind = 'behind' AND t.target = i.subject
LEFT JOIN source AS s ON i.kind IN ('late', 'quality') AND s.source = i.subject
LEFT JOIN claim_name AS c ON i.kind = 'misreported' AND i.org_unit = '' AND c.claim = i.subject
LEFT JOIN metric AS m
  ON i.kind = 'misreported' AND i.org_unit <> '' AND m.metric = split_part(i.subject, '/', 1)
LEFT JOIN org_unit AS u ON u.org_unit = i.org_unit AND u.org_unit_valid_from = i.org_unit_valid_from
LEFT JOIN owner AS o ON o.owner = coalesce(t.owner, s.owner, m.owner)
LEFT JOIN mute AS q ON q.number = i.number
LEFT JOIN programme AS p ON true;

COMMENT ON VIEW incidents IS 'Every episode of trouble, one row each, with its state now.';
COMMENT ON COLUMN incidents.number IS 'Number of the incident.';
COMMENT ON COLUMN incidents.name IS 'What people call it: TW- and the number.';
COMMENT ON COLUMN incidents.kind IS 'behind: a target. late or quality: a source. misreported: a published figure or, with an org_unit, what that unit reports of itself.';
COMMENT ON COLUMN incidents.state IS 'pending, open, acknowledged, resolved, superseded or ended.';
COMMENT ON COLUMN incidents.is_live IS 'Whether the episode goes on: pending, open or acknowledged.';
COMMENT ON COLUMN incidents.subject IS 'Id of the target, source or claim that it is about; metric/tier of what a unit reports of itself.';
COMMENT ON COLUMN incidents.subject_name_vi IS 'Name of that in Vietnamese.';
COMMENT ON COLUMN incidents.subject_name_en IS 'Name of that in English.';
COMMENT ON COLUMN incidents.org_unit IS 'Code of the unit that it is about; NULL for sources and published figures.';
COMMENT ON COLUMN incidents.org_unit_valid_from IS 'First day of the unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN incidents.org_unit_name IS 'Name of the unit, in Vietnamese.';
COMMENT ON COLUMN incidents.org_unit_level IS 'Level of the unit.';
COMMENT ON COLUMN incidents.is_root_unit IS 'Whether the unit is the programme as a whole.';
COMMENT ON COLUMN incidents.owner IS 'The role that answers for the target or the source.';
COMMENT ON COLUMN incidents.owner_name_vi IS 'Name of that role in Vietnamese.';
COMMENT ON COLUMN incidents.owner_name_en IS 'Name of that role in English.';
COMMENT ON COLUMN incidents.began_at IS 'When the trouble was first found.';
COMMENT ON COLUMN incidents.opened_at IS 'When it had held long enough to be told; NULL if it never did.';
COMMENT ON COLUMN incidents.closed_at IS 'When the episode was over; NULL while it goes on.';
COMMENT ON COLUMN incidents.severity IS 'critical, warning or notice: by how far it is short and by how long it has been, as the rules in receivers.yaml say.';
COMMENT ON COLUMN incidents.acknowledged_at IS 'When somebody acknowledged it last. It is in force while the state is acknowledged.';
COMMENT ON COLUMN incidents.acknowledged_by IS 'Who did.';
COMMENT ON COLUMN incidents.acknowledged_because IS 'Why, in that person''s words.';
COMMENT ON COLUMN incidents.acknowledged_until IS 'When that acknowledgement lapses by itself; NULL: not before it closes.';
COMMENT ON COLUMN incidents.escalation_steps IS 'How many steps of its escalation have been taken.';
COMMENT ON COLUMN incidents.silence IS 'Id of the silence that keeps its messages back, or is going to; of several the one that lasts longest. All of them: incident_silences.';
COMMENT ON COLUMN incidents.silenced_from IS 'From when that silence does.';
COMMENT ON COLUMN incidents.silenced_until IS 'Until when it does.';
COMMENT ON COLUMN incidents.last_period IS 'First day of the newest judged period that was counted.';
COMMENT ON COLUMN incidents.bad_periods IS 'Judged periods in a row that were bad.';
COMMENT ON COLUMN incidents.good_periods IS 'Judged periods in a row that were good since.';
COMMENT ON COLUMN incidents.good_since IS 'Since when every look at it was good; NULL while it is bad.';
COMMENT ON COLUMN incidents.held_since IS 'Since when missing data has held the time that is counted before it opens or closes; NULL where none does.';
COMMENT ON COLUMN incidents.facts IS 'What was found last, as JSON.';
