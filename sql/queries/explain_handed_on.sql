-- What was observed, in a period, of the units that another one follows, as it was known at $moment.
SELECT u.name, o.numerator, o.denominator, o.known_at, o.org_unit, o.org_unit_valid_from
FROM observation AS o
LEFT JOIN org_unit AS u USING (org_unit, org_unit_valid_from)
WHERE list_contains($units, o.org_unit || '@' || o.org_unit_valid_from)
  AND o.metric = $metric AND o.tier = $tier AND o.period_start = $period_start AND o.period_end = $period_end
  AND o.origin = $origin AND NOT o.rolled_up AND o.known_at <= $moment AND o.recorded_at <= $moment
QUALIFY row_number() OVER (
  PARTITION BY o.org_unit, o.org_unit_valid_from ORDER BY o.known_at DESC, o.recorded_at DESC, o.rowid DESC
) = 1
ORDER BY u.name, o.org_unit;
