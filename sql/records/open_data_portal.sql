-- One row a version of whether a data set of the open data list was published on a day, and how old it was.
CREATE TABLE IF NOT EXISTS open_data_portal (
  record_id VARCHAR NOT NULL,
  data_set VARCHAR NOT NULL,
  publisher VARCHAR,
  checked_on DATE NOT NULL,
  published BOOLEAN NOT NULL,
  resources BIGINT,
  updated_on DATE,
  updated_by VARCHAR,
  every_days BIGINT NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
