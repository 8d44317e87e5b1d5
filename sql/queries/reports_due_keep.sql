INSERT INTO reports_due BY NAME
SELECT source, tier, period_start, period_end, deadline, period_state, due, reported, in_time
FROM staged
ORDER BY source, tier, period_start;
