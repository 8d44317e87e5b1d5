-- One row a version of a document. record_id is the keyed hash of its registration number; the number itself is not kept.
CREATE TABLE IF NOT EXISTS documents (
  record_id VARCHAR NOT NULL,
  direction VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  registered_on DATE NOT NULL,
  handled_on DATE,
  handling VARCHAR,
  withdrawn BOOLEAN NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
