-- One row a version of a dossier.
CREATE TABLE IF NOT EXISTS permits (
  record_id VARCHAR NOT NULL,
  channel VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  received_at TIMESTAMPTZ NOT NULL,
  closed_at TIMESTAMPTZ,
  deadline TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
