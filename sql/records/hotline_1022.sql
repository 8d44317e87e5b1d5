-- One row a version of a call. record_id is the keyed hash of the call's number; the number that called was never asked for.
CREATE TABLE IF NOT EXISTS hotline_1022 (
  record_id VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  called_at TIMESTAMPTZ NOT NULL,
  called_on DATE NOT NULL,
  queue VARCHAR,
  answered BOOLEAN NOT NULL,
  waited_seconds DECIMAL(38, 6) NOT NULL,
  promised_seconds BIGINT NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
