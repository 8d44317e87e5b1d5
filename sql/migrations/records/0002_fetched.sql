-- How far a source that is fetched bit by bit was gathered by this batch, as text that sorts.
ALTER TABLE batch ADD COLUMN watermark VARCHAR;
