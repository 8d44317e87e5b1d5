-- What was delivered, what was refused, and which unit has reported which period.
CREATE TABLE batch (
  batch_id VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  delivered_as VARCHAR NOT NULL,
  content_hash VARCHAR NOT NULL,
  bytes BIGINT NOT NULL,
  landed_as VARCHAR,
  state VARCHAR NOT NULL,
  refused_because VARCHAR,
  rows_delivered BIGINT NOT NULL,
  rows_accepted BIGINT NOT NULL,
  rows_quarantined BIGINT NOT NULL,
  unnamed_columns VARCHAR[] NOT NULL,
  known_at TIMESTAMPTZ NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);

-- One row for each period that a batch says something about, unit by unit; refused batches too, as far as they could be read.
CREATE TABLE report (
  batch_id VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  accepted BOOLEAN NOT NULL,
  known_at TIMESTAMPTZ NOT NULL
);

-- The periods whose measurements a batch can change (by any of the source's time columns).
CREATE TABLE touched_period (
  batch_id VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL
);

CREATE TABLE quarantined_row (
  batch_id VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  position BIGINT NOT NULL,
  reason VARCHAR NOT NULL,
  column_name VARCHAR,
  delivered_value VARCHAR,
  known_at TIMESTAMPTZ NOT NULL
);
