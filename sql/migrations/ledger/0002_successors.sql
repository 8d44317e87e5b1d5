-- Who goes on with the work of a unit that ended, and with which part. The weights of a unit add up to exactly one.
CREATE TABLE org_unit_successor (
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  successor VARCHAR NOT NULL,
  successor_valid_from DATE NOT NULL,
  weight_numerator BIGINT NOT NULL,
  weight_denominator BIGINT NOT NULL,
  basis VARCHAR NOT NULL
);

ALTER TABLE target_version ADD COLUMN replaces DATE;
ALTER TABLE target_version ADD COLUMN when_unit_ends VARCHAR;
ALTER TABLE target_version ADD COLUMN selector JSON;
-- Until now every target ended with its unit. Whom a version was for the ledger did not know; the next pass says it of
-- those that the catalogue still lists.
UPDATE target_version SET when_unit_ends = 'ends';
