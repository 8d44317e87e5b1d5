-- The verdicts of expectations/judgement/targets.json, written by hand: the row's position and what it fails.
SELECT row, verdict
FROM (
  SELECT
    row,
    unnest([
      CASE WHEN measured < 1 THEN 'no_value' END,
      CASE WHEN days_overdue > 0 THEN 'stale' END,
      CASE WHEN attained_best < needed_best THEN 'short_at_best' END,
      CASE WHEN attained_worst < needed_worst THEN 'short_at_worst' END,
      CASE WHEN final_attained_best < final_needed_best THEN 'final_short_at_best' END,
      CASE WHEN final_attained_worst < final_needed_worst THEN 'final_short_at_worst' END,
      CASE WHEN margin_attained_best < margin_needed_best THEN 'margin_short_at_best' END,
      CASE WHEN margin_attained_worst < margin_needed_worst THEN 'margin_short_at_worst' END
    ]) AS verdict
  FROM assessed
)
WHERE verdict IS NOT NULL
ORDER BY row, verdict
