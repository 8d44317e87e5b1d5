-- Versions in `staged` that begin on the day on which a version began that has been judged, and that say something else.
SELECT DISTINCT now.target, now.effective_from, held.target_version AS version_before, now.target_version AS version_now
FROM staged AS now
JOIN target_version AS held
  ON held.target = now.target
  AND held.effective_from = now.effective_from
  AND held.target_version <> now.target_version
SEMI JOIN assessment AS judged
  ON judged.target = held.target AND judged.target_version = held.target_version AND judged.period_start IS NOT NULL
WHERE held.target_version NOT IN (SELECT target_version FROM staged WHERE target = held.target)
ORDER BY ALL;
