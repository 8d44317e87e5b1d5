-- One row a version of a day of the city portal: its visits, and what it held by then.
CREATE TABLE IF NOT EXISTS city_portal (
  record_id VARCHAR NOT NULL,
  counted_on DATE NOT NULL,
  visits BIGINT NOT NULL,
  visits_to_date BIGINT,
  articles_to_date BIGINT,
  videos_to_date BIGINT,
  english_news_to_date BIGINT,
  legal_documents_to_date BIGINT,
  directives_to_date BIGINT,
  callers_guided_to_date BIGINT,
  org_unit VARCHAR NOT NULL,
  org_unit_valid_from DATE NOT NULL,
  tier VARCHAR NOT NULL,
  batch_id VARCHAR NOT NULL,
  known_from TIMESTAMPTZ NOT NULL,
  known_to TIMESTAMPTZ
);
