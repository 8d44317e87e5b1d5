INSERT INTO run (run_id, as_of, started_at) VALUES ($run_id, $as_of, $started_at);
