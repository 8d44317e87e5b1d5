-- The first day of the oldest period that an observation of a body was recorded for after $moment; NULL if there was none.
SELECT min(period_start) AS oldest FROM observation WHERE NOT rolled_up AND recorded_at > $moment;
