-- What can be asked for: the metrics, and the targets that are or were set for them.
SELECT m.metric, NULL AS target, m.name_vi, m.name_en FROM metric AS m
UNION ALL
SELECT t.metric, t.target, arg_max(t.name_vi, t.effective_from), arg_max(t.name_en, t.effective_from)
FROM target_version AS t
GROUP BY t.metric, t.target
ORDER BY ALL;
