-- One row a version of a place in a published ranking. It is known from the day it was published, where that is given.
CREATE TABLE IF NOT EXISTS rankings (
  record_id VARCHAR NOT NULL,
  metric VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  as_of DATE NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  rank BIGINT NOT NULL,
  ranked BIGINT,
  published_on DATE,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
