-- What a metric counts of reports (received, in_time); NULL for one that is measured by SQL.
ALTER TABLE metric ADD COLUMN reports VARCHAR;

-- Of every working source, tier and ended period: how many units owed it, have reported it, and by the deadline. As the newest
-- pass found it; which units they are, and since when that is known, the observations of a metric with `reports` say.
CREATE TABLE reports_due (
  source VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  period_start DATE NOT NULL,
  period_end DATE NOT NULL,
  deadline TIMESTAMPTZ NOT NULL,
  period_state VARCHAR NOT NULL,
  due INTEGER NOT NULL,
  reported INTEGER NOT NULL,
  in_time INTEGER NOT NULL
);
