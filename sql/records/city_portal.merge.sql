-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO city_portal AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.counted_on IS DISTINCT FROM fresh.counted_on
  OR held.visits IS DISTINCT FROM fresh.visits
  OR held.visits_to_date IS DISTINCT FROM fresh.visits_to_date
  OR held.articles_to_date IS DISTINCT FROM fresh.articles_to_date
  OR held.videos_to_date IS DISTINCT FROM fresh.videos_to_date
  OR held.english_news_to_date IS DISTINCT FROM fresh.english_news_to_date
  OR held.legal_documents_to_date IS DISTINCT FROM fresh.legal_documents_to_date
  OR held.directives_to_date IS DISTINCT FROM fresh.directives_to_date
  OR held.callers_guided_to_date IS DISTINCT FROM fresh.callers_guided_to_date
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO city_portal
SELECT
  fresh.record_id,
  fresh.counted_on,
  fresh.visits,
  fresh.visits_to_date,
  fresh.articles_to_date,
  fresh.videos_to_date,
  fresh.english_news_to_date,
  fresh.legal_documents_to_date,
  fresh.directives_to_date,
  fresh.callers_guided_to_date,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1 FROM city_portal AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
