-- One row a version of a day of one monitored system: how often it was found up, how often down, and how often nobody looked.
CREATE TABLE IF NOT EXISTS data_centre_wan (
  record_id VARCHAR NOT NULL,
  system VARCHAR NOT NULL,
  counted_on DATE NOT NULL,
  checks_up BIGINT NOT NULL,
  checks_down BIGINT NOT NULL,
  checks_missing BIGINT NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
