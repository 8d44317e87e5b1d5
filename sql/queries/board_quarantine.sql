-- Why rows of $source were set aside, and the newest place where. What stood in them is not shown on the board.
SELECT
  reason,
  count(*) AS rows_,
  arg_max(delivered_as, row(known_at, -position)) AS delivered_as,
  arg_max(position, row(known_at, -position)) AS position,
  arg_max(column_name, row(known_at, -position)) AS column_name
FROM quarantine
WHERE source = $source
GROUP BY reason
ORDER BY rows_ DESC, reason
LIMIT $most;
