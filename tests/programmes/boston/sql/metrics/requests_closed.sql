-- Requests by ward and by the month they were opened in, in the city's own time: the share of those with a target that were
-- closed by it, of all and of each channel. An open one counts as late once its target is past; before that it counts for
-- nothing. Beside it the share that the city itself flags as on time, of those that it flags at all.
WITH counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    CAST(date_trunc('month', opened_on) AS DATE) AS period_start,
    count(*) FILTER (WHERE in_time) AS in_time,
    count(*) FILTER (WHERE answered_for) AS answered_for,
    count(*) FILTER (WHERE in_time AND channel = 'call') AS call_in_time,
    count(*) FILTER (WHERE answered_for AND channel = 'call') AS call_answered_for,
    count(*) FILTER (WHERE in_time AND channel = 'employee') AS employee_in_time,
    count(*) FILTER (WHERE answered_for AND channel = 'employee') AS employee_answered_for,
    count(*) FILTER (WHERE in_time AND channel = 'self_service') AS self_service_in_time,
    count(*) FILTER (WHERE answered_for AND channel = 'self_service') AS self_service_answered_for,
    count(*) FILTER (WHERE in_time AND channel = 'app') AS app_in_time,
    count(*) FILTER (WHERE answered_for AND channel = 'app') AS app_answered_for,
    count(*) FILTER (WHERE in_time AND channel = 'other') AS other_in_time,
    count(*) FILTER (WHERE answered_for AND channel = 'other') AS other_answered_for,
    count(*) FILTER (WHERE is_current AND flag = 'ONTIME') AS flagged_on_time,
    count(flag) FILTER (WHERE is_current) AS flagged,
    max(known_from) AS known_at,
    arg_max(batch_id, known_from) AS batch_id
  FROM (
    SELECT
      *,
      is_current AND closed_at <= target_at AS in_time,
      is_current AND target_at IS NOT NULL AND (closed_at IS NOT NULL OR target_at < $known_at) AS answered_for
    FROM (
      SELECT
        *,
        CAST(timezone('America/New_York', opened_at) AS DATE) AS opened_on,
        (known_to IS NULL OR known_to > $known_at) AS is_current
      FROM requests
      WHERE known_from <= $known_at
    )
    WHERE opened_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
  )
  GROUP BY ALL
)
SELECT
  part.metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  last_day(period_start) AS period_end,
  CAST(part.numerator AS BIGINT) AS numerator,
  CAST(part.denominator AS BIGINT) AS denominator,
  true AS parts,
  known_at,
  batch_id
FROM (
  SELECT
    *,
    unnest([
      {'metric': 'closed_by_target', 'numerator': in_time, 'denominator': answered_for},
      {'metric': 'closed_by_target_call', 'numerator': call_in_time, 'denominator': call_answered_for},
      {'metric': 'closed_by_target_employee', 'numerator': employee_in_time, 'denominator': employee_answered_for},
      {'metric': 'closed_by_target_self_service', 'numerator': self_service_in_time, 'denominator': self_service_answered_for},
      {'metric': 'closed_by_target_app', 'numerator': app_in_time, 'denominator': app_answered_for},
      {'metric': 'closed_by_target_other', 'numerator': other_in_time, 'denominator': other_answered_for},
      {'metric': 'flagged_on_time', 'numerator': flagged_on_time, 'denominator': flagged}
    ]) AS part
  FROM counted
)
