-- Who hears of what and when: severities, acknowledgements, escalations and silences, and what has been told of each group.
ALTER TABLE incident ADD COLUMN severity VARCHAR;
ALTER TABLE incident ADD COLUMN good_since TIMESTAMPTZ;
ALTER TABLE incident ADD COLUMN acknowledged_at TIMESTAMPTZ;
ALTER TABLE incident ADD COLUMN acknowledged_by VARCHAR;
ALTER TABLE incident ADD COLUMN acknowledged_because VARCHAR;
ALTER TABLE incident ADD COLUMN acknowledged_until TIMESTAMPTZ;
ALTER TABLE incident ADD COLUMN escalated INTEGER;
-- Since when missing data has held a time that was being counted, and for how many microseconds it was held before that.
ALTER TABLE incident ADD COLUMN held_since TIMESTAMPTZ;
ALTER TABLE incident ADD COLUMN held_for BIGINT;
UPDATE incident SET severity = 'warning', escalated = 0, held_for = 0;

-- Who did it and why, where a person did; NULL where a pass of watch found it.
ALTER TABLE incident_event ADD COLUMN by_whom VARCHAR;
ALTER TABLE incident_event ADD COLUMN why VARCHAR;
-- Of an acknowledgement: when it lapses by itself. NULL: it holds until the incident closes.
ALTER TABLE incident_event ADD COLUMN until TIMESTAMPTZ;

-- What each look at the condition of an incident found, wherever that differs from the look before it: also of what is in
-- no trouble and has no incident.
CREATE TABLE evaluation (
  kind VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE,
  outlook VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  period_start DATE,
  as_of TIMESTAMPTZ NOT NULL,
  run_id VARCHAR NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE notification ADD COLUMN transport VARCHAR;
UPDATE notification SET transport = 'slack';

CREATE TABLE silence (
  silence VARCHAR NOT NULL,
  match JSON NOT NULL, -- [{label, values, negated}]
  author VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  begins TIMESTAMPTZ NOT NULL,
  ends TIMESTAMPTZ NOT NULL,
  withdrawn_at TIMESTAMPTZ,
  withdrawn_by VARCHAR,
  summed_up_at TIMESTAMPTZ
);
-- Which silences that have not ended the live incidents match, as the newest pass or action found it.
CREATE TABLE muted (
  number BIGINT NOT NULL,
  silence VARCHAR NOT NULL
);

-- Of which incidents a receiver hears in a group's message. What happened to one from `held_since` on waits to be told;
-- from `worse_since` on it got worse by too little to be told as that.
CREATE TABLE told (
  receiver VARCHAR NOT NULL,
  message_group VARCHAR NOT NULL,
  number BIGINT NOT NULL,
  held_since TIMESTAMPTZ,
  held_because VARCHAR NOT NULL,
  worse_since TIMESTAMPTZ
);
-- Periods that had been judged and whose figures were changed afterwards, as the passes of watch found them.
CREATE TABLE restatement (
  found_at TIMESTAMPTZ NOT NULL,
  target VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  numerator_before BIGINT NOT NULL,
  denominator_before BIGINT NOT NULL,
  headroom_units_before BIGINT,
  numerator_after BIGINT NOT NULL,
  denominator_after BIGINT NOT NULL,
  headroom_units_after BIGINT,
  run_id VARCHAR NOT NULL
);

-- When the message of a row was found gone: deleted by a person, or left behind in a channel that is no more.
ALTER TABLE notification ADD COLUMN lost_at TIMESTAMPTZ;

-- Receivers that could not be reached until a person did something, and who was told in their place.
CREATE TABLE receiver_trouble (
  trouble BIGINT NOT NULL,
  receiver VARCHAR NOT NULL,
  transport VARCHAR NOT NULL,
  channel VARCHAR NOT NULL,
  since TIMESTAMPTZ NOT NULL,
  says VARCHAR NOT NULL, -- what is wrong and what to do, in both languages
  told_to VARCHAR,
  ended_at TIMESTAMPTZ
);

-- Pictures that Slack keeps, by the hash of what they were drawn from.
CREATE TABLE picture (
  chart VARCHAR NOT NULL,
  file VARCHAR NOT NULL,
  uploaded_at TIMESTAMPTZ NOT NULL
);
