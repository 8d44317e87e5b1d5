-- What every look at the condition of an incident found, wherever it differs from the look before.
CREATE OR REPLACE VIEW evaluations AS
SELECT
  kind,
  subject,
  nullif(org_unit, '') AS org_unit,
  org_unit_valid_from,
  outlook,
  reason,
  period_start,
  as_of,
  as_of = max(as_of) OVER (PARTITION BY kind, subject, org_unit, org_unit_valid_from) AS is_newest,
  run_id,
  recorded_at
FROM evaluation;

COMMENT ON VIEW evaluations IS 'What every look at the condition of an incident found, one row wherever it differs from the look before: also of what is in no trouble.';
COMMENT ON COLUMN evaluations.kind IS 'behind: a target. late or quality: a source. misreported: a published figure or, with an org_unit, what that unit reports of itself.';
COMMENT ON COLUMN evaluations.subject IS 'Id of the target, source or claim; metric/tier of what a unit reports of itself.';
COMMENT ON COLUMN evaluations.org_unit IS 'Code of the unit; NULL for sources and published figures.';
COMMENT ON COLUMN evaluations.org_unit_valid_from IS 'First day of the unit''s validity; with the code it names the unit.';
COMMENT ON COLUMN evaluations.outlook IS 'bad, good, unknown (missing data: it holds an incident as it is), superseded or ended.';
COMMENT ON COLUMN evaluations.reason IS 'Why: of a target the reason of its status, or new_version or withdrawn; of a source overdue, all_reported, units_ended, refused, nothing_refused or withdrawn; else what the check found.';
COMMENT ON COLUMN evaluations.period_start IS 'First day of the judged period; NULL for sources and published figures.';
COMMENT ON COLUMN evaluations.as_of IS 'The moment of the pass that first found it so.';
COMMENT ON COLUMN evaluations.is_newest IS 'Whether it is what was found last, and still is.';
COMMENT ON COLUMN evaluations.run_id IS 'The pass that first found it so.';
COMMENT ON COLUMN evaluations.recorded_at IS 'When the ledger wrote it down.';
