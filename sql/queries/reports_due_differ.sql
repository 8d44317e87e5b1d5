-- Whether the counts in `staged` are other ones than the newest pass found.
SELECT EXISTS (
  (
    SELECT source, tier, period_start, period_end, deadline, period_state, due, reported, in_time FROM staged
    EXCEPT ALL
    FROM reports_due
  )
  UNION ALL
  (
    FROM reports_due
    EXCEPT ALL
    SELECT source, tier, period_start, period_end, deadline, period_state, due, reported, in_time FROM staged
  )
) AS differ;
