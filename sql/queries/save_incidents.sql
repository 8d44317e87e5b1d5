-- Writes the state of the incidents in `staged`: the new ones, and those of which anything changed.
MERGE INTO incident AS held
USING staged AS now
ON held.number = now.number
WHEN MATCHED AND row(
  held.state, held.opened_at, held.closed_at, held.last_period, held.bad_periods, held.good_periods, held.run_before,
  CAST(held.facts AS VARCHAR)
) IS DISTINCT FROM row(
  now.state, now.opened_at, now.closed_at, now.last_period, now.bad_periods, now.good_periods, now.run_before, now.facts
) THEN UPDATE SET
  state = now.state,
  opened_at = now.opened_at,
  closed_at = now.closed_at,
  last_period = now.last_period,
  bad_periods = now.bad_periods,
  good_periods = now.good_periods,
  run_before = now.run_before,
  facts = now.facts
WHEN NOT MATCHED THEN INSERT BY NAME;
