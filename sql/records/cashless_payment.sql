-- One row a version of how many live in a commune on a day, and how many of them have an account to pay from.
CREATE TABLE IF NOT EXISTS cashless_payment (
  record_id VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  as_of DATE NOT NULL,
  people BIGINT NOT NULL,
  people_with_account BIGINT NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
