-- One row a version of what a unit reports of itself: its parts where it gives them, else the share as it was written.
CREATE TABLE IF NOT EXISTS unit_reports (
  record_id VARCHAR NOT NULL,
  metric VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  reported_for DATE NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  numerator BIGINT,
  denominator BIGINT,
  share VARCHAR,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
