-- A metric, its source, and who answers for that.
SELECT
  m.*,
  s.name_vi AS source_name_vi,
  s.name_en AS source_name_en,
  s.planned AS source_planned,
  o.name_vi AS source_owner_vi,
  o.name_en AS source_owner_en
FROM metric AS m
LEFT JOIN source AS s ON s.source = m.source
LEFT JOIN owner AS o ON o.owner = s.owner
WHERE m.metric = $metric;
