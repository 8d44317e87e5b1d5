-- Versions that have been judged and are no longer in `staged`, where the target still has versions from the same day: a
-- target may have several from one day, a default and its exceptions, and each of them is one of its own.
SELECT DISTINCT held.target, held.effective_from, held.target_version
FROM target_version AS held
SEMI JOIN assessment AS judged
  ON judged.target = held.target AND judged.target_version = held.target_version AND judged.period_start IS NOT NULL
SEMI JOIN staged AS now ON now.target = held.target AND now.effective_from = held.effective_from
ANTI JOIN staged AS same ON same.target = held.target AND same.target_version = held.target_version
ORDER BY ALL;
