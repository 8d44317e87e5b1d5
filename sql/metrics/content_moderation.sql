-- What platforms took down, by the year in which they did: clips of YouTube, accounts or links of Facebook. A year in which anything
-- was asked for is a year with a figure, be it 0. Versions count as in procedures_received.sql.
WITH requests AS (
  SELECT
    *,
    (known_to IS NULL OR known_to > $known_at) AS is_current,
    (known_to IS NULL OR known_to > $known_at) AND NOT coalesce(withdrawn, false) AS counts
  FROM content_moderation
  WHERE known_from <= $known_at
),

-- A request belongs to the year in which it was asked and to the one in which it was acted on, which may be the same.
years AS (
  SELECT *, unnest(list_distinct([date_trunc('year', requested_on), date_trunc('year', acted_on)])) AS year
  FROM requests
),

counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    CAST(year AS DATE) AS period_start,
    count(*) FILTER (WHERE counts) AS asked,
    count(*) FILTER (WHERE removed AND platform = 'youtube') AS youtube,
    count(*) FILTER (WHERE removed AND platform = 'facebook') AS facebook,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
    arg_max(batch_id, known_from) AS batch_id
  FROM (SELECT *, counts AND outcome = 'removed' AND year(acted_on) = year(year) AS removed FROM years)
  WHERE year BETWEEN date_trunc('year', CAST($first_day AS DATE)) AND CAST($last_day AS DATE)
  GROUP BY ALL
)

SELECT
  part.metric,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  CAST(period_start + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE) AS period_end,
  CAST(part.numerator AS BIGINT) AS numerator,
  CAST(part.denominator AS BIGINT) AS denominator,
  true AS parts,
  known_at,
  batch_id
FROM (
  SELECT
    *,
    unnest([
      {'metric': 'takedown_youtube', 'numerator': youtube, 'denominator': if(asked > 0, 1, 0)},
      {'metric': 'takedown_facebook', 'numerator': facebook, 'denominator': if(asked > 0, 1, 0)}
    ]) AS part
  FROM counted
)
