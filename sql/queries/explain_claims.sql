-- What was found by $moment of the figures of a metric that were published for a period, each as it was checked last, and
-- the incident that went on about it.
SELECT
  c.claim, c.as_of, c.published, c.unit_of_measure, c.numerator, c.denominator, c.compared_as, c.qualifier, c.reference,
  c.finding, c.parts_agree, c.contradictions, i.number AS incident, i.opened_at
FROM claim AS c
LEFT JOIN incident AS i ON i.kind = 'misreported' AND i.subject = c.claim AND i.opened_at <= $moment
  AND (i.closed_at IS NULL OR i.closed_at > $moment)
WHERE c.metric = $metric AND c.as_of BETWEEN $period_start AND $period_end AND c.recorded_at <= $moment
QUALIFY row_number() OVER (PARTITION BY c.claim ORDER BY c.recorded_at DESC, c.rowid DESC) = 1
ORDER BY c.as_of, c.claim;
