-- What was said last, at $moment, of a unit under each target of a metric, with the version of the target that said so.
SELECT
  a.*,
  t.* EXCLUDE (target, target_version, metric, tier, comparison, recorded_at),
  o.name_vi AS owner_name_vi,
  o.name_en AS owner_name_en,
  EXISTS (
    SELECT 1 FROM assessed AS n
    WHERE n.target = a.target AND n.org_unit = a.org_unit AND n.org_unit_valid_from = a.org_unit_valid_from
  ) AS still_assessed
FROM assessments_as_of($moment) AS a
LEFT JOIN target_version AS t ON t.target = a.target AND t.target_version = a.target_version
LEFT JOIN owner AS o ON o.owner = t.owner
WHERE a.metric = $metric AND a.org_unit = $org_unit AND a.org_unit_valid_from = $org_unit_valid_from
ORDER BY t.position, a.target;
