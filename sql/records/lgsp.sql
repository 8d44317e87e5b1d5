-- One row a version of what the data sharing platform counted of a system on a day.
CREATE TABLE IF NOT EXISTS lgsp (
  record_id VARCHAR NOT NULL,
  system VARCHAR NOT NULL,
  counted_on DATE NOT NULL,
  connected BOOLEAN NOT NULL,
  calls BIGINT NOT NULL,
  calls_succeeded BIGINT NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
