-- One row a version of a dossier. record_id is the keyed hash of the dossier's number; the number itself is not kept.
CREATE TABLE IF NOT EXISTS procedures (
  record_id VARCHAR NOT NULL,
  procedure VARCHAR NOT NULL,
  sector VARCHAR,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  received_on DATE NOT NULL,
  due_on DATE,
  finished_on DATE,
  channel VARCHAR NOT NULL,
  digitally_signed BOOLEAN,
  paid_online BOOLEAN,
  identity_verified BOOLEAN,
  came_in_person BOOLEAN,
  satisfaction BIGINT,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
