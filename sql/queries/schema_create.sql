CREATE TABLE IF NOT EXISTS schema_version (
  version INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  checksum VARCHAR NOT NULL
);
-- One row: a fingerprint of the files of all views and macros that were made last.
CREATE TABLE IF NOT EXISTS schema_objects (
  checksum VARCHAR NOT NULL
);
