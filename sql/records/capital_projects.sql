-- One row a version of a project on a day: the capital that it is to have that year, and what of it was paid out since January, in
-- million dong.
CREATE TABLE IF NOT EXISTS capital_projects (
  record_id VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  project VARCHAR NOT NULL,
  as_of DATE NOT NULL,
  planned DECIMAL(38, 6) NOT NULL,
  disbursed DECIMAL(38, 6) NOT NULL,
  withdrawn BOOLEAN,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
