-- One row a version of a published figure. `published` is text, so that its last digit is known. It is known from the day
-- it was published, where that is given, and not only from the day it was delivered.
CREATE TABLE IF NOT EXISTS published_figures (
  record_id VARCHAR NOT NULL,
  metric VARCHAR NOT NULL,
  name_vi VARCHAR NOT NULL,
  name_en VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  as_of DATE NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  numerator BIGINT,
  denominator BIGINT,
  published VARCHAR NOT NULL,
  unit_of_measure VARCHAR NOT NULL,
  compared_as VARCHAR NOT NULL,
  qualifier VARCHAR NOT NULL,
  reference VARCHAR NOT NULL,
  published_on DATE,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ,
  replaces VARCHAR -- the document whose figure for the same day this one takes the place of
);
