-- Incidents, newest first: those that go on, or with $subject all of that subject's. Those of the units under a pooled
-- target are left out: they are quiet while the pooled value is good, and are told under it.
SELECT i.*, u.full_name
FROM incidents AS i
LEFT JOIN current_status AS s
  ON i.kind = 'behind'
  AND s.target = i.subject
  AND s.org_unit = i.org_unit
  AND s.org_unit_valid_from = i.org_unit_valid_from
LEFT JOIN org_units AS u ON u.org_unit = i.org_unit AND u.org_unit_valid_from = i.org_unit_valid_from
WHERE s.role IS DISTINCT FROM 'share'
  AND (i.facts ->> '$.judged.role') IS DISTINCT FROM 'share'
  -- What units report of themselves has a page of its own: hundreds of them would hide everything else.
  AND NOT ($subject IS NULL AND i.kind = 'misreported' AND i.org_unit IS NOT NULL)
  AND if($subject IS NULL, i.is_live, i.subject = $subject)
ORDER BY i.number DESC
LIMIT $most;
