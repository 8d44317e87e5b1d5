-- One row a version of how many households of a commune there are on a day, and how many a broadband line could reach.
CREATE TABLE IF NOT EXISTS broadband (
  record_id VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  as_of DATE NOT NULL,
  households BIGINT NOT NULL,
  households_covered BIGINT NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
