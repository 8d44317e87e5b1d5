-- Of every source, tier and ended period: how many units owed it, have reported it, and by the deadline.
CREATE OR REPLACE VIEW reporting AS
SELECT
  r.source,
  s.name_vi AS source_name_vi,
  s.name_en AS source_name_en,
  r.tier,
  r.period_start,
  r.period_end,
  r.deadline,
  r.period_state,
  r.due,
  r.reported,
  r.in_time,
  r.due - r.reported AS missing,
  r.reported / r.due * 100 AS reporting_rate,
  r.in_time / r.due * 100 AS on_time_rate
FROM reports_due AS r
LEFT JOIN source AS s ON s.source = r.source;

COMMENT ON VIEW reporting IS 'Which part of the reports that are due has come: one row for each source, tier and ended period, as the newest pass found it.';
COMMENT ON COLUMN reporting.source IS 'The source that is owed.';
COMMENT ON COLUMN reporting.source_name_vi IS 'Name of the source in Vietnamese.';
COMMENT ON COLUMN reporting.source_name_en IS 'Name of the source in English.';
COMMENT ON COLUMN reporting.tier IS 'Level of the bodies that handled the work and owe the period.';
COMMENT ON COLUMN reporting.period_start IS 'First day of the period.';
COMMENT ON COLUMN reporting.period_end IS 'Last day of the period.';
COMMENT ON COLUMN reporting.deadline IS 'By when the period is due.';
COMMENT ON COLUMN reporting.period_state IS 'complete: all have reported; final: the deadline has passed and some have not; provisional: neither.';
COMMENT ON COLUMN reporting.due IS 'How many units owe the period: those of the level that existed on its last day.';
COMMENT ON COLUMN reporting.reported IS 'How many of them have reported it, however late.';
COMMENT ON COLUMN reporting.in_time IS 'How many of them reported it by the deadline.';
COMMENT ON COLUMN reporting.missing IS 'How many of them have not reported it.';
COMMENT ON COLUMN reporting.reporting_rate IS 'Reported of due, in percent.';
COMMENT ON COLUMN reporting.on_time_rate IS 'Reported by the deadline of due, in percent. Before the deadline it can still rise.';
