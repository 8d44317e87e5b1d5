-- The units under each pooled target: how many stand how, how many incidents of theirs go on, and what they are called
-- together, where all are of one level.
SELECT
  s.target,
  s.status,
  count(*) AS units,
  count(s.incident) AS incidents,
  if(min(u.level) = max(u.level), min(u.level_plural_vi), NULL) AS level_plural_vi,
  if(min(u.level) = max(u.level), min(u.level_plural_en), NULL) AS level_plural_en
FROM current_status AS s
LEFT JOIN org_units AS u ON u.org_unit = s.org_unit AND u.org_unit_valid_from = s.org_unit_valid_from
WHERE s.role = 'share'
GROUP BY s.target, s.status
ORDER BY s.target, s.status;
