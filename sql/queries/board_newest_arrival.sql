SELECT max(known_at) AS known_at FROM batches;
