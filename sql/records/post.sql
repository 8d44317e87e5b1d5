-- One row a version of what there is of the post in a village or residential group on a day.
CREATE TABLE IF NOT EXISTS post (
  record_id VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  area VARCHAR NOT NULL,
  as_of DATE NOT NULL,
  service_points BIGINT NOT NULL,
  households BIGINT NOT NULL,
  households_coded BIGINT NOT NULL,
  withdrawn BOOLEAN,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
