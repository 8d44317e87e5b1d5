-- What units report of themselves beside what their records give: a row wherever it differs from what was found before.
-- `deviation` and `allowed` are in millionths: of a share, of the computed value where something is counted, or of a place.
CREATE TABLE discrepancy (
  metric VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  reported_numerator BIGINT NOT NULL,
  reported_denominator BIGINT NOT NULL,
  reported_parts BOOLEAN NOT NULL,
  reported_at TIMESTAMPTZ NOT NULL,
  computed_numerator BIGINT NOT NULL,
  computed_denominator BIGINT NOT NULL,
  computed_parts BOOLEAN NOT NULL,
  computed_at TIMESTAMPTZ NOT NULL,
  deviation BIGINT,
  allowed BIGINT NOT NULL,
  finding VARCHAR NOT NULL,
  reason_vi VARCHAR,
  reason_en VARCHAR,
  acknowledged_by VARCHAR,
  acknowledged_until DATE,
  lapsed VARCHAR,
  run_id VARCHAR NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);

-- What else a published figure does not agree with, and whether it agrees with its own parts. NULL: it was not asked then.
ALTER TABLE claim ADD COLUMN contradictions JSON;
ALTER TABLE claim ADD COLUMN parts_agree BOOLEAN;

-- The figures that a rate rose from because its denominator shrank; NULL where it did not.
ALTER TABLE assessment ADD COLUMN shrank_period_start DATE;
ALTER TABLE assessment ADD COLUMN shrank_period_end DATE;
ALTER TABLE assessment ADD COLUMN shrank_numerator BIGINT;
ALTER TABLE assessment ADD COLUMN shrank_denominator BIGINT;
