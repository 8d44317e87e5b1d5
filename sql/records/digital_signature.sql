-- One row a version of how many signatures a provider had issued by a day, from the beginning on.
CREATE TABLE IF NOT EXISTS digital_signature (
  record_id VARCHAR NOT NULL,
  provider VARCHAR NOT NULL,
  as_of DATE NOT NULL,
  issued_to_date BIGINT NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
