-- One row a version of a provider's month: attendances by kind of department, those of booked appointments apart, and how many of
-- each took more than four hours.
CREATE TABLE IF NOT EXISTS attendances (
  record_id VARCHAR NOT NULL,
  month DATE NOT NULL,
  type_1 BIGINT NOT NULL,
  type_2 BIGINT NOT NULL,
  other BIGINT NOT NULL,
  booked_1 BIGINT NOT NULL,
  booked_2 BIGINT NOT NULL,
  booked_other BIGINT NOT NULL,
  over_1 BIGINT NOT NULL,
  over_2 BIGINT NOT NULL,
  over_other BIGINT NOT NULL,
  booked_over_1 BIGINT NOT NULL,
  booked_over_2 BIGINT NOT NULL,
  booked_over_other BIGINT NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
