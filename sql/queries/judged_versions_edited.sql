-- Versions that have been judged and are no longer in `staged`, where the target still is: one that was edited, another
-- of whose day is there, or one that the catalogue listed until now and that was moved to another day or taken out.
SELECT DISTINCT held.target, held.effective_from, held.target_version
FROM target_version AS held
SEMI JOIN assessment AS judged
  ON judged.target = held.target AND judged.target_version = held.target_version AND judged.period_start IS NOT NULL
SEMI JOIN staged AS now ON now.target = held.target AND (held.listed OR now.effective_from = held.effective_from)
ANTI JOIN staged AS same ON same.target = held.target AND same.target_version = held.target_version
ORDER BY ALL;
