-- One row a version of how a procedure was offered online at the end of a month. `month` is its first day.
CREATE TABLE IF NOT EXISTS public_service_portal (
  record_id VARCHAR NOT NULL,
  procedure VARCHAR NOT NULL,
  month DATE NOT NULL,
  eligible BOOLEAN NOT NULL,
  service_level VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
