-- The units under each pooled target: how many stand how, and how many incidents of theirs go on.
SELECT s.target, s.status, count(*) AS units, count(s.incident) AS incidents
FROM current_status AS s
WHERE s.role = 'share'
GROUP BY ALL
ORDER BY ALL;
