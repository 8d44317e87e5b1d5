-- How far a source that is fetched bit by bit was gathered by this batch, as text that sorts.
ALTER TABLE batch ADD COLUMN watermark VARCHAR;

-- What came of asking a source's system: one row for each stretch of time in which it came to the same.
CREATE TABLE asked (
  source VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  says VARCHAR,
  first_at TIMESTAMPTZ NOT NULL,
  last_at TIMESTAMPTZ NOT NULL
);
