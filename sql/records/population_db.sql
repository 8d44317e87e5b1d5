-- One row a version of a day of the population database link: whom it was asked about, and whether it was up.
CREATE TABLE IF NOT EXISTS population_db (
  record_id VARCHAR NOT NULL,
  counted_on DATE NOT NULL,
  dossiers_looked_up BIGINT NOT NULL,
  dossiers_verified BIGINT NOT NULL,
  checks BIGINT NOT NULL,
  checks_up BIGINT NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
