-- Adds rows to the outbox, in their order, after all that are there. An id that is there already is left alone.
INSERT INTO notification BY NAME
SELECT
  * EXCLUDE (place),
  (SELECT coalesce(max(sequence), 0) FROM notification) + row_number() OVER (ORDER BY place) AS sequence,
  0 AS attempts,
  $run_id AS run_id
FROM staged
ANTI JOIN notification USING (notification)
ORDER BY place;
