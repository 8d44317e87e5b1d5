-- Closes the versions that `staged` changes, then adds what is new. The first version of a place is known from its day of
-- publication; one that replaces it, from its own day of publication or, where that is no later, from its arrival.
MERGE INTO rankings AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.tier IS DISTINCT FROM fresh.tier
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.period_start IS DISTINCT FROM fresh.period_start
  OR held.period_end IS DISTINCT FROM fresh.period_end
  OR held.rank IS DISTINCT FROM fresh.rank
  OR held.ranked IS DISTINCT FROM fresh.ranked
  OR held.published_on IS DISTINCT FROM fresh.published_on
) THEN UPDATE SET known_to = CASE
  WHEN timezone('Asia/Ho_Chi_Minh', CAST(fresh.published_on AS TIMESTAMP)) > held.known_from
    THEN timezone('Asia/Ho_Chi_Minh', CAST(fresh.published_on AS TIMESTAMP))
  ELSE fresh.known_from
END;

INSERT INTO rankings
WITH closed AS (
  SELECT record_id, max(known_to) AS known_to FROM rankings GROUP BY record_id
)
SELECT
  fresh.record_id,
  fresh.metric,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.as_of,
  fresh.period_start,
  fresh.period_end,
  fresh.rank,
  fresh.ranked,
  fresh.published_on,
  fresh.batch_id,
  coalesce(
    closed.known_to, timezone('Asia/Ho_Chi_Minh', CAST(fresh.published_on AS TIMESTAMP)), fresh.known_from
  ) AS known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
LEFT JOIN closed ON closed.record_id = fresh.record_id
WHERE NOT EXISTS (SELECT 1 FROM rankings AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
