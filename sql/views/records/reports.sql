-- Which unit has said something about which period, to which source: one row for all deliveries of it together.
CREATE OR REPLACE VIEW reports AS
SELECT
  source,
  tier,
  org_unit,
  org_unit_valid_from,
  period_start,
  period_end,
  min(known_at) FILTER (WHERE accepted) AS first_at,
  max(known_at) FILTER (WHERE accepted) AS last_at,
  count(DISTINCT batch_id) FILTER (WHERE accepted) AS accepted,
  count(DISTINCT batch_id) FILTER (WHERE NOT accepted) AS refused
FROM report
GROUP BY source, tier, org_unit, org_unit_valid_from, period_start, period_end;

COMMENT ON VIEW reports IS 'Which unit has reported which period to which source. What is due and has not come is in the ledger: view reporting.';
COMMENT ON COLUMN reports.source IS 'The source that it was reported to.';
COMMENT ON COLUMN reports.tier IS 'Level of the bodies that handled the work.';
COMMENT ON COLUMN reports.org_unit IS 'Code of the unit. Codes are re-used: join on org_unit_valid_from too.';
COMMENT ON COLUMN reports.org_unit_valid_from IS 'First day of the unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN reports.period_start IS 'First day of the period.';
COMMENT ON COLUMN reports.period_end IS 'Last day of the period.';
COMMENT ON COLUMN reports.first_at IS 'When it was first delivered and accepted; before the period''s end that is no report of it yet.';
COMMENT ON COLUMN reports.last_at IS 'When it was last delivered and accepted.';
COMMENT ON COLUMN reports.accepted IS 'How many accepted deliveries speak of it.';
COMMENT ON COLUMN reports.refused IS 'How many refused ones did, as far as they could be read.';
