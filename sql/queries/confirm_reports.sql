-- A system that is asked bit by bit has told all of a period once it has answered after the period's last day. What units had in it
-- by then stands as reported, though no row of theirs came since: by now it is all there is. Days are those of $time_zone.
INSERT INTO report BY NAME
SELECT
  arg_max(batch_id, known_at) AS batch_id,
  source,
  org_unit,
  org_unit_valid_from,
  tier,
  period_start,
  period_end,
  true AS accepted,
  CAST($known_at AS TIMESTAMPTZ) AS known_at
FROM report
WHERE source = $source
  AND accepted
  AND period_end < CAST(timezone($time_zone, CAST($known_at AS TIMESTAMPTZ)) AS DATE)
GROUP BY source, org_unit, org_unit_valid_from, tier, period_start, period_end
HAVING max(CAST(timezone($time_zone, report.known_at) AS DATE)) <= period_end
ORDER BY tier, org_unit, org_unit_valid_from, period_start;
