-- Closes the versions that `staged` changes, then adds what is new. The first version of a figure is known from its day of
-- publication; one that replaces it, from its own day of publication or, where that is no later, from its arrival.
MERGE INTO published_figures AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.name_vi IS DISTINCT FROM fresh.name_vi
  OR held.name_en IS DISTINCT FROM fresh.name_en
  OR held.tier IS DISTINCT FROM fresh.tier
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.period_start IS DISTINCT FROM fresh.period_start
  OR held.period_end IS DISTINCT FROM fresh.period_end
  OR held.numerator IS DISTINCT FROM fresh.numerator
  OR held.denominator IS DISTINCT FROM fresh.denominator
  OR held.published IS DISTINCT FROM fresh.published
  OR held.unit_of_measure IS DISTINCT FROM fresh.unit_of_measure
  OR held.compared_as IS DISTINCT FROM fresh.compared_as
  OR held.qualifier IS DISTINCT FROM fresh.qualifier
  OR held.reference IS DISTINCT FROM fresh.reference
  OR held.published_on IS DISTINCT FROM fresh.published_on
  OR held.replaces IS DISTINCT FROM fresh.replaces
) THEN UPDATE SET known_to = CASE
  WHEN timezone('Asia/Ho_Chi_Minh', CAST(fresh.published_on AS TIMESTAMP)) > held.known_from
    THEN timezone('Asia/Ho_Chi_Minh', CAST(fresh.published_on AS TIMESTAMP))
  ELSE fresh.known_from
END;

INSERT INTO published_figures
WITH closed AS (
  SELECT record_id, max(known_to) AS known_to FROM published_figures GROUP BY record_id
)
SELECT
  fresh.record_id,
  fresh.metric,
  fresh.name_vi,
  fresh.name_en,
  fresh.tier,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.as_of,
  fresh.period_start,
  fresh.period_end,
  fresh.numerator,
  fresh.denominator,
  fresh.published,
  fresh.unit_of_measure,
  fresh.compared_as,
  fresh.qualifier,
  fresh.reference,
  fresh.published_on,
  fresh.batch_id,
  coalesce(
    closed.known_to, timezone('Asia/Ho_Chi_Minh', CAST(fresh.published_on AS TIMESTAMP)), fresh.known_from
  ) AS known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to,
  fresh.replaces
FROM staged AS fresh
LEFT JOIN closed ON closed.record_id = fresh.record_id
WHERE NOT EXISTS (
  SELECT 1 FROM published_figures AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
