-- The bodies whose figures a sum is made of, as they were known at $moment, without those that it counts as missing.
WITH RECURSIVE below(org_unit, org_unit_valid_from) AS (
  SELECT $org_unit, CAST($org_unit_valid_from AS DATE)
  UNION ALL
  SELECT u.org_unit, u.org_unit_valid_from
  FROM org_unit AS u
  JOIN below AS b ON u.parent = b.org_unit AND u.parent_valid_from = b.org_unit_valid_from
),
missing AS (
  SELECT unnest(missing) AS unit_key
  FROM assessments_as_of($moment)
  WHERE target = $target AND org_unit = $org_unit AND org_unit_valid_from = $org_unit_valid_from
)
SELECT u.name, o.numerator, o.denominator, o.known_at, o.org_unit, o.org_unit_valid_from
FROM observation AS o
SEMI JOIN below AS b USING (org_unit, org_unit_valid_from)
LEFT JOIN org_unit AS u USING (org_unit, org_unit_valid_from)
WHERE o.metric = $metric AND o.tier = $tier AND o.period_start = $period_start AND o.period_end = $period_end
  AND o.origin = $origin AND NOT o.rolled_up AND o.known_at <= $moment AND o.recorded_at <= $moment
  AND o.org_unit || '@' || o.org_unit_valid_from NOT IN (FROM missing)
QUALIFY row_number() OVER (
  PARTITION BY o.org_unit, o.org_unit_valid_from ORDER BY o.known_at DESC, o.recorded_at DESC, o.rowid DESC
) = 1
ORDER BY u.name, o.org_unit;
