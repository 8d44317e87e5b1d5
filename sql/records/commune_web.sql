-- One row a version of what a look at a commune's web page found on a day.
CREATE TABLE IF NOT EXISTS commune_web (
  record_id VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  checked_on DATE NOT NULL,
  page VARCHAR NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
