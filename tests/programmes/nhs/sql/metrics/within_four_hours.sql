-- Attendances by month: those of four hours at most, of all. As in the published share, booked appointments count in both.
SELECT
  'within_four_hours' AS metric,
  org_unit,
  org_unit_valid_from,
  tier,
  month AS period_start,
  last_day(month) AS period_end,
  CAST(coalesce(sum(attended - waited) FILTER (WHERE is_current), 0) AS BIGINT) AS numerator,
  CAST(coalesce(sum(attended) FILTER (WHERE is_current), 0) AS BIGINT) AS denominator,
  true AS parts,
  max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
  arg_max(batch_id, known_from) AS batch_id
FROM (
  SELECT
    *,
    type_1 + type_2 + other + booked_1 + booked_2 + booked_other AS attended,
    over_1 + over_2 + over_other + booked_over_1 + booked_over_2 + booked_over_other AS waited,
    (known_to IS NULL OR known_to > $known_at) AS is_current
  FROM attendances
  WHERE month BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
    AND known_from <= $known_at
)
GROUP BY org_unit, org_unit_valid_from, tier, month
