-- Writes the state of the incidents in `staged`: the new ones, and those of which anything changed.
MERGE INTO incident AS held
USING staged AS now
ON held.number = now.number
WHEN MATCHED AND row(
  held.state, held.opened_at, held.closed_at, held.last_period, held.bad_periods, held.good_periods, held.run_before,
  held.severity, held.good_since, held.acknowledged_at, held.acknowledged_by, held.acknowledged_because,
  held.acknowledged_until, held.escalated, held.held_since, held.held_for, CAST(held.facts AS VARCHAR)
) IS DISTINCT FROM row(
  now.state, now.opened_at, now.closed_at, now.last_period, now.bad_periods, now.good_periods, now.run_before,
  now.severity, now.good_since, now.acknowledged_at, now.acknowledged_by, now.acknowledged_because,
  now.acknowledged_until, now.escalated, now.held_since, now.held_for, now.facts
) THEN UPDATE SET
  state = now.state,
  opened_at = now.opened_at,
  closed_at = now.closed_at,
  last_period = now.last_period,
  bad_periods = now.bad_periods,
  good_periods = now.good_periods,
  run_before = now.run_before,
  severity = now.severity,
  good_since = now.good_since,
  acknowledged_at = now.acknowledged_at,
  acknowledged_by = now.acknowledged_by,
  acknowledged_because = now.acknowledged_because,
  acknowledged_until = now.acknowledged_until,
  escalated = now.escalated,
  held_since = now.held_since,
  held_for = now.held_for,
  facts = now.facts
WHEN NOT MATCHED THEN INSERT BY NAME;
