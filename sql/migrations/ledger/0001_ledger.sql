-- The catalogue as it was last applied, so that a snapshot explains itself without the YAML. `programme` has one row, with
-- a fingerprint of the whole copy.
CREATE TABLE programme (
  name_vi VARCHAR NOT NULL,
  name_en VARCHAR NOT NULL,
  time_zone VARCHAR NOT NULL,
  start DATE NOT NULL,
  root_unit VARCHAR NOT NULL,
  checksum VARCHAR NOT NULL
);
CREATE TABLE org_unit (
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  org_unit_valid_to DATE,
  level VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  parent VARCHAR,
  parent_valid_from DATE
);
CREATE TABLE metric (
  metric VARCHAR NOT NULL,
  name_vi VARCHAR NOT NULL,
  name_en VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  unit_of_measure VARCHAR NOT NULL,
  counted_vi VARCHAR NOT NULL,
  counted_en VARCHAR NOT NULL,
  cadence VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  owner VARCHAR NOT NULL
);
CREATE TABLE source (
  source VARCHAR NOT NULL,
  name_vi VARCHAR NOT NULL,
  name_en VARCHAR NOT NULL,
  planned BOOLEAN NOT NULL,
  owner VARCHAR NOT NULL
);
CREATE TABLE owner (
  owner VARCHAR NOT NULL,
  name_vi VARCHAR NOT NULL,
  name_en VARCHAR NOT NULL
);
CREATE TABLE level (
  level VARCHAR NOT NULL,
  plural_vi VARCHAR NOT NULL,
  plural_en VARCHAR NOT NULL
);
CREATE TABLE reference (
  reference VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  publisher VARCHAR NOT NULL,
  published VARCHAR NOT NULL
);
-- Every version that was ever judged stays; `listed` says whether the catalogue still lists it.
CREATE TABLE target_version (
  target VARCHAR NOT NULL,
  target_version VARCHAR NOT NULL,
  listed BOOLEAN NOT NULL,
  position INTEGER NOT NULL,
  name_vi VARCHAR NOT NULL,
  name_en VARCHAR NOT NULL,
  short_name_vi VARCHAR NOT NULL,
  short_name_en VARCHAR NOT NULL,
  metric VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  scope VARCHAR NOT NULL,
  comparison VARCHAR NOT NULL,
  value BIGINT NOT NULL,
  value_to BIGINT,
  due DATE,
  path VARCHAR NOT NULL,
  trajectory JSON NOT NULL, -- what the path is drawn from: baseline and milestones, as far as they are declared
  assumed BOOLEAN NOT NULL,
  warning_margin BIGINT NOT NULL,
  effective_from DATE NOT NULL,
  effective_to DATE,
  reference_title VARCHAR NOT NULL,
  reference_publisher VARCHAR NOT NULL,
  reference_published VARCHAR NOT NULL,
  owner VARCHAR NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE run (
  run_id VARCHAR NOT NULL,
  as_of TIMESTAMPTZ NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  finished_at TIMESTAMPTZ,
  observations BIGINT,
  assessments BIGINT,
  events BIGINT,
  notifications BIGINT
);

-- Batches whose periods have been measured. What is in the records and not here is still to do.
CREATE TABLE measured_batch (
  batch_id VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL
);

CREATE TABLE observation (
  metric VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  origin VARCHAR NOT NULL,
  rolled_up BOOLEAN NOT NULL,
  numerator BIGINT NOT NULL,
  denominator BIGINT NOT NULL,
  parts BOOLEAN NOT NULL,
  bodies_reported INTEGER NOT NULL,
  bodies_due INTEGER NOT NULL,
  known_at TIMESTAMPTZ NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR,
  run_id VARCHAR NOT NULL
);

CREATE TABLE assessment (
  target VARCHAR NOT NULL,
  target_version VARCHAR NOT NULL,
  metric VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  role VARCHAR NOT NULL,
  comparison VARCHAR NOT NULL,
  as_of TIMESTAMPTZ NOT NULL,
  status VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  period_start DATE,
  period_end DATE,
  period_state VARCHAR,
  origin VARCHAR,
  numerator BIGINT,
  denominator BIGINT,
  parts BOOLEAN NOT NULL,
  required BIGINT,
  final BIGINT,
  attained BIGINT,
  needed BIGINT,
  headroom BIGINT,
  headroom_units BIGINT,
  low_numerator BIGINT,
  high_numerator BIGINT,
  bounds_denominator BIGINT,
  bodies_reported INTEGER,
  bodies_due INTEGER,
  missing VARCHAR[] NOT NULL,
  deadline TIMESTAMPTZ,
  known_at TIMESTAMPTZ,
  failed VARCHAR[] NOT NULL,
  run_id VARCHAR NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);

-- What the newest pass assessed. The newest assessment of a target and org_unit that is not here was withdrawn with them.
CREATE TABLE assessed (
  target VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL
);

CREATE TABLE claim (
  claim VARCHAR NOT NULL,
  metric VARCHAR NOT NULL,
  name_vi VARCHAR NOT NULL,
  name_en VARCHAR NOT NULL,
  as_of DATE NOT NULL,
  numerator BIGINT,
  denominator BIGINT,
  published VARCHAR NOT NULL,
  unit_of_measure VARCHAR NOT NULL,
  compared_as VARCHAR NOT NULL,
  qualifier VARCHAR NOT NULL,
  reference VARCHAR NOT NULL,
  finding VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);

-- The state of each incident now; its history is in incident_event.
CREATE TABLE incident (
  number BIGINT NOT NULL,
  kind VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE,
  state VARCHAR NOT NULL,
  began_at TIMESTAMPTZ NOT NULL,
  opened_at TIMESTAMPTZ,
  closed_at TIMESTAMPTZ,
  last_period DATE,
  bad_periods INTEGER NOT NULL,
  good_periods INTEGER NOT NULL,
  run_before INTEGER NOT NULL,
  facts JSON NOT NULL
);
CREATE TABLE incident_event (
  number BIGINT NOT NULL,
  kind VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL,
  facts_before JSON NOT NULL,
  facts_after JSON NOT NULL,
  run_id VARCHAR NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);

-- The outbox. `sequence` is the order in which a receiver must get them.
CREATE TABLE notification (
  notification VARCHAR NOT NULL,
  sequence BIGINT NOT NULL,
  receiver VARCHAR NOT NULL,
  channel VARCHAR NOT NULL,
  message_group VARCHAR NOT NULL,
  episode BIGINT NOT NULL,
  delivery VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  payload JSON NOT NULL,
  fingerprint VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  state_reason VARCHAR,
  attempts INTEGER NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  not_before TIMESTAMPTZ,
  attempted_at TIMESTAMPTZ,
  settled_at TIMESTAMPTZ,
  slack_channel VARCHAR,
  slack_ts VARCHAR,
  run_id VARCHAR NOT NULL
);
