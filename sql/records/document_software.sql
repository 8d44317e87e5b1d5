-- One row a version of what the directory says of a unit and the last day of a month: whether it was on the connected software.
CREATE TABLE IF NOT EXISTS document_software (
  record_id VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  as_of DATE NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  connected BOOLEAN NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
