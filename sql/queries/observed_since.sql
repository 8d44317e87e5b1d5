-- Whether an observation of a body was recorded after $moment.
SELECT EXISTS (FROM observation WHERE NOT rolled_up AND recorded_at > $moment) AS found;
