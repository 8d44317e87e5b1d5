-- A request that was acted on in another year than was said before changes the year that it leaves too: that one is to be measured
-- again.
INSERT INTO touched_period BY NAME
SELECT DISTINCT
  batch_id,
  $source AS source,
  CAST(date_trunc('year', left_on) AS DATE) AS period_start,
  CAST(date_trunc('year', left_on) + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE) AS period_end
FROM (
  SELECT fresh.batch_id, held.acted_on AS left_on
  FROM content_moderation AS held
  JOIN staged AS fresh ON fresh.record_id = held.record_id
  WHERE held.known_to IS NULL
    AND date_trunc('year', held.acted_on) IS DISTINCT FROM date_trunc('year', fresh.acted_on)
  UNION ALL
  SELECT fresh.batch_id, held.requested_on AS left_on
  FROM content_moderation AS held
  JOIN staged AS fresh ON fresh.record_id = held.record_id
  WHERE held.known_to IS NULL
    AND date_trunc('year', held.requested_on) IS DISTINCT FROM date_trunc('year', fresh.requested_on)
)
WHERE left_on IS NOT NULL;

-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO content_moderation AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
  OR held.platform IS DISTINCT FROM fresh.platform
  OR held.requested_on IS DISTINCT FROM fresh.requested_on
  OR held.acted_on IS DISTINCT FROM fresh.acted_on
  OR held.outcome IS DISTINCT FROM fresh.outcome
  OR held.withdrawn IS DISTINCT FROM fresh.withdrawn
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO content_moderation
SELECT
  fresh.record_id,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.platform,
  fresh.requested_on,
  fresh.acted_on,
  fresh.outcome,
  fresh.withdrawn,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM content_moderation AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
