-- The city portal by month: what it held on the last day of which it says so, and its visits a day over the days that it counted.
-- What a day does not say is taken from the newest that does. Versions count as in procedures_received.sql.
WITH counted AS (
  SELECT
    org_unit,
    org_unit_valid_from,
    tier,
    period_start,
    coalesce(sum(visits) FILTER (WHERE is_current), 0) AS visits,
    count(visits) FILTER (WHERE is_current) AS days,
    arg_max(visits_to_date, counted_on) FILTER (WHERE is_current AND visits_to_date IS NOT NULL) AS visits_to_date,
    arg_max(articles_to_date, counted_on) FILTER (WHERE is_current AND articles_to_date IS NOT NULL) AS articles_to_date,
    arg_max(videos_to_date, counted_on) FILTER (WHERE is_current AND videos_to_date IS NOT NULL) AS videos_to_date,
    arg_max(english_news_to_date, counted_on) FILTER (WHERE is_current AND english_news_to_date IS NOT NULL) AS english_news_to_date,
    arg_max(legal_documents_to_date, counted_on) FILTER (WHERE is_current AND legal_documents_to_date IS NOT NULL) AS legal_documents_to_date,
    arg_max(directives_to_date, counted_on) FILTER (WHERE is_current AND directives_to_date IS NOT NULL) AS directives_to_date,
    arg_max(callers_guided_to_date, counted_on) FILTER (WHERE is_current AND callers_guided_to_date IS NOT NULL) AS callers_guided_to_date,
    max(CASE WHEN is_current THEN known_from ELSE known_to END) AS known_at,
    arg_max(batch_id, known_from) AS batch_id
  FROM (
    SELECT
      *,
      (known_to IS NULL OR known_to > $known_at) AS is_current,
      CAST(date_trunc('month', counted_on) AS DATE) AS period_start
    FROM city_portal
    WHERE counted_on BETWEEN date_trunc('month', CAST($first_day AS DATE)) AND last_day(CAST($last_day AS DATE))
      AND known_from <= $known_at
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
      {'metric': 'portal_visits_per_day', 'numerator': visits, 'denominator': days},
      {'metric': 'portal_visits', 'numerator': coalesce(visits_to_date, 0), 'denominator': if(visits_to_date IS NULL, 0, 1)},
      {'metric': 'portal_articles', 'numerator': coalesce(articles_to_date, 0), 'denominator': if(articles_to_date IS NULL, 0, 1)},
      {'metric': 'portal_videos', 'numerator': coalesce(videos_to_date, 0), 'denominator': if(videos_to_date IS NULL, 0, 1)},
      {'metric': 'portal_english_news', 'numerator': coalesce(english_news_to_date, 0), 'denominator': if(english_news_to_date IS NULL, 0, 1)},
      {'metric': 'portal_legal_documents', 'numerator': coalesce(legal_documents_to_date, 0), 'denominator': if(legal_documents_to_date IS NULL, 0, 1)},
      {'metric': 'portal_directives', 'numerator': coalesce(directives_to_date, 0), 'denominator': if(directives_to_date IS NULL, 0, 1)},
      {'metric': 'portal_hotline_guided', 'numerator': coalesce(callers_guided_to_date, 0), 'denominator': if(callers_guided_to_date IS NULL, 0, 1)}
    ]) AS part
  FROM counted
)
