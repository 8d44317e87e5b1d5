SELECT s.source, s.name_vi, s.name_en, s.planned, o.name_vi AS owner_name_vi, o.name_en AS owner_name_en
FROM source AS s
LEFT JOIN owner AS o ON o.owner = s.owner
WHERE s.source = $source;
