-- A merge may have named periods already: those that a record has left.
INSERT INTO touched_period BY NAME
SELECT DISTINCT $batch_id AS batch_id, $source AS source, fresh.period_start, fresh.period_end
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1
  FROM touched_period AS held
  WHERE held.batch_id = $batch_id AND held.period_start = fresh.period_start AND held.period_end = fresh.period_end
)
ORDER BY fresh.period_start, fresh.period_end;
