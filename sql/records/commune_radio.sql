-- One row a version of a radio station of a commune in a month. Station 0: the commune has none.
CREATE TABLE IF NOT EXISTS commune_radio (
  record_id VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  station BIGINT NOT NULL,
  as_of DATE NOT NULL,
  technology VARCHAR NOT NULL,
  ai_programmes BIGINT NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
