-- When each body said something about each period, by accepted batches. Of the reports that came more than a day after the
-- period's last day, in whatever time zone that is counted, only the first is given: no later one changes when it reported.
SELECT source, org_unit, org_unit_valid_from, tier, period_start, period_end, min(known_at) AS known_at
FROM report
WHERE accepted
GROUP BY
  source,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  period_end,
  if(known_at > CAST(period_end AS TIMESTAMP) AT TIME ZONE 'UTC' + INTERVAL 3 DAY, NULL, known_at)
ORDER BY ALL;
