-- The rows that were set aside out of deliveries: a row for each reason.
SELECT delivered_as, position, reason, column_name, delivered_value
FROM quarantine
WHERE list_contains($batches, batch_id)
ORDER BY known_at, delivered_as, position;
