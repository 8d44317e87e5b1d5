-- The commune by its stations on the newest day of the period, and the AI-voiced programmes of all of them, as known at $known_at.
SELECT
  as_of,
  count(*) FILTER (WHERE station > 0) AS stations,
  sum(ai_programmes) AS programmes,
  sum(ai_programmes) > 0 AS in_numerator,
  arg_max(batch_id, known_from) AS batch_id
FROM (
  SELECT *
  FROM commune_radio
  WHERE org_unit = $org_unit
    AND org_unit_valid_from = $org_unit_valid_from
    AND tier = $tier
    AND as_of BETWEEN $first_day AND $last_day
    AND known_from <= $known_at
    AND (known_to IS NULL OR known_to > $known_at)
  QUALIFY as_of = max(as_of) OVER ()
)
GROUP BY as_of
ORDER BY as_of
