-- Deliveries, by their ids.
SELECT delivered_as, source, state, known_at, rows_delivered, rows_quarantined, rows_in_quarantine, rows_put_right, refused_because, batch_id
FROM batches
WHERE list_contains($batches, batch_id)
ORDER BY known_at, delivered_as;
