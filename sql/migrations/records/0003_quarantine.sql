-- Which record a row in quarantine is of, and which unit's, as far as both can be told; and what became of it. One that is in
-- quarantine no longer stays written down: how it came out (put_right, or set_aside_again by a later delivery), when, and by
-- which batch.
ALTER TABLE quarantined_row ADD COLUMN record_id VARCHAR;
ALTER TABLE quarantined_row ADD COLUMN org_unit VARCHAR;
ALTER TABLE quarantined_row ADD COLUMN emptied_how VARCHAR;
ALTER TABLE quarantined_row ADD COLUMN emptied_at TIMESTAMPTZ;
ALTER TABLE quarantined_row ADD COLUMN emptied_by VARCHAR;

-- Rows of a batch that were handed in as corrections of rows in quarantine. Written before the batch is gathered.
CREATE TABLE correction (
  batch_id VARCHAR NOT NULL,
  position BIGINT NOT NULL,
  source VARCHAR NOT NULL,
  corrects_batch VARCHAR NOT NULL,
  corrects_position BIGINT NOT NULL,
  submitted_at TIMESTAMPTZ NOT NULL
);

-- The named columns that a delivery had, by their names in the warehouse; and in what it differed from those before it, in
-- Vietnamese / English.
ALTER TABLE batch ADD COLUMN named_columns VARCHAR[];
ALTER TABLE batch ADD COLUMN column_changes VARCHAR[];

-- The parts of a delivery that has several (sheets, members of an archive): row n of part k stands at k * 10^12 + n.
ALTER TABLE batch ADD COLUMN parts VARCHAR[];

-- The document whose figure for the same day a published one takes the place of, where a programme keeps published figures.
ALTER TABLE IF EXISTS published_figures ADD COLUMN IF NOT EXISTS replaces VARCHAR;
