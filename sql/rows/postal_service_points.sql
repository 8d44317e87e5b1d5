-- The commune by its villages and residential groups on the newest day of the period, and the postal service points of all of them,
-- as known at $known_at.
SELECT
  as_of,
  count(*) AS areas,
  sum(service_points) AS points,
  sum(service_points) > 0 AS in_numerator,
  arg_max(batch_id, known_from) AS batch_id
FROM (
  SELECT *
  FROM post
  WHERE org_unit = $org_unit
    AND org_unit_valid_from = $org_unit_valid_from
    AND tier = $tier
    AND as_of BETWEEN $first_day AND $last_day
    AND known_from <= $known_at
    AND (known_to IS NULL OR known_to > $known_at)
    AND NOT coalesce(withdrawn, false)
  QUALIFY as_of = max(as_of) OVER ()
)
GROUP BY as_of
ORDER BY as_of
