INSERT INTO incident_event BY NAME
SELECT * EXCLUDE (place), $run_id AS run_id, CAST($recorded_at AS TIMESTAMPTZ) AS recorded_at FROM staged ORDER BY place;
