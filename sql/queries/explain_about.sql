-- The programme, and the first and the newest pass that was finished.
SELECT p.name_vi, p.name_en, p.time_zone, p.root_unit, r.first_pass, r.newest_pass
FROM programme AS p
CROSS JOIN (
  SELECT min(as_of) AS first_pass, max(as_of) AS newest_pass FROM run WHERE finished_at IS NOT NULL
) AS r;
