-- A call that moves to another month changes the month that it leaves too: that one is to be measured again.
INSERT INTO touched_period BY NAME
SELECT DISTINCT
  fresh.batch_id,
  $source AS source,
  CAST(date_trunc('month', held.called_on) AS DATE) AS period_start,
  last_day(held.called_on) AS period_end
FROM hotline_1022 AS held
JOIN staged AS fresh ON fresh.record_id = held.record_id
WHERE held.known_to IS NULL
  AND date_trunc('month', held.called_on)
    IS DISTINCT FROM date_trunc('month', timezone('Asia/Ho_Chi_Minh', fresh.called_at));

-- Closes the versions that `staged` changes, then adds what is new. A call that is fetched again unchanged stays as it is.
MERGE INTO hotline_1022 AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.called_at IS DISTINCT FROM fresh.called_at
  OR held.queue IS DISTINCT FROM fresh.queue
  OR held.answered IS DISTINCT FROM fresh.answered
  OR held.waited_seconds IS DISTINCT FROM fresh.waited_seconds
  OR held.promised_seconds IS DISTINCT FROM fresh.promised_seconds
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO hotline_1022
SELECT
  fresh.record_id,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.called_at,
  CAST(timezone('Asia/Ho_Chi_Minh', fresh.called_at) AS DATE) AS called_on,
  fresh.queue,
  fresh.answered,
  fresh.waited_seconds,
  fresh.promised_seconds,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1 FROM hotline_1022 AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
