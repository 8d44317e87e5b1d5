-- One row a version of a request to a platform to take something down. record_id is the keyed hash of the request's number; what
-- was to be taken down, and whose it was, is not kept.
CREATE TABLE IF NOT EXISTS content_moderation (
  record_id VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  platform VARCHAR NOT NULL,
  requested_on DATE NOT NULL,
  acted_on DATE,
  outcome VARCHAR NOT NULL,
  withdrawn BOOLEAN,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
