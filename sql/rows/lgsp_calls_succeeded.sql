-- The calls behind the share that succeeded, added up by system, as known at $known_at.
SELECT
  system,
  count(*) AS days,
  sum(calls_succeeded) AS numerator,
  sum(calls) AS denominator,
  arg_max(batch_id, known_from) AS batch_id
FROM lgsp
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND counted_on BETWEEN $first_day AND $last_day
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
GROUP BY system
ORDER BY denominator DESC, system
