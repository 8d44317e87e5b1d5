-- One row a version of what the list says of an official on a day: whether there is a mailbox. record_id holds the keyed hash of
-- the official's number; the number itself, the name and the address are not kept.
CREATE TABLE IF NOT EXISTS mailboxes (
  record_id VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  as_of DATE NOT NULL,
  mailbox VARCHAR NOT NULL,
  withdrawn BOOLEAN,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
