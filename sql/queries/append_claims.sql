-- Adds the claims of `staged` whose newest row says something else.
INSERT INTO claim BY NAME
WITH newest AS (
  FROM claim
  QUALIFY row_number() OVER (PARTITION BY claim ORDER BY recorded_at DESC, rowid DESC) = 1
)
SELECT staged.* REPLACE (CAST(staged.contradictions AS JSON) AS contradictions), $run_id AS run_id, CAST($recorded_at AS TIMESTAMPTZ) AS recorded_at
FROM staged
LEFT JOIN newest USING (claim)
WHERE row(
  newest.metric, newest.name_vi, newest.name_en, newest.as_of, newest.numerator, newest.denominator, newest.published,
  newest.unit_of_measure, newest.compared_as, newest.qualifier, newest.reference, newest.finding,
  CAST(coalesce(newest.contradictions, '[]') AS VARCHAR), coalesce(newest.parts_agree, newest.finding <> 'misreported')
) IS DISTINCT FROM row(
  staged.metric, staged.name_vi, staged.name_en, staged.as_of, staged.numerator, staged.denominator, staged.published,
  staged.unit_of_measure, staged.compared_as, staged.qualifier, staged.reference, staged.finding,
  staged.contradictions, staged.parts_agree
)
ORDER BY claim;
