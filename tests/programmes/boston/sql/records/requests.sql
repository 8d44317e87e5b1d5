-- One row a version of a request. `flag` is the city's own: ONTIME, OVERDUE or nothing.
CREATE TABLE IF NOT EXISTS requests (
  record_id VARCHAR NOT NULL,
  channel VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  opened_at TIMESTAMPTZ NOT NULL,
  target_at TIMESTAMPTZ,
  closed_at TIMESTAMPTZ,
  flag VARCHAR,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
