-- The units of which anything was known at $moment about a metric, or with $target about that target: code@valid_from.
SELECT org_unit || '@' || org_unit_valid_from AS unit_key
FROM assessment
WHERE metric = $metric AND as_of <= $moment AND ($target IS NULL OR target = $target)
UNION
SELECT org_unit || '@' || org_unit_valid_from
FROM observation
WHERE metric = $metric AND recorded_at <= $moment AND $target IS NULL
ORDER BY unit_key;
