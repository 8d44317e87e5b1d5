-- The sources that have delivered anything, or whose system was connected when it was asked.
SELECT source FROM batch
UNION
SELECT source FROM asked WHERE state <> 'not_connected'
ORDER BY source;
