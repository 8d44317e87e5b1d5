CREATE TABLE IF NOT EXISTS schema_version (
  version INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  checksum VARCHAR NOT NULL
);
-- One row: a fingerprint of all files that the database was last made with.
CREATE TABLE IF NOT EXISTS schema_objects (
  checksum VARCHAR NOT NULL
);
