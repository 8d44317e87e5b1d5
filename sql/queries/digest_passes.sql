-- The first pass of watch that came to its end, and the newest one that had looked by $as_of.
SELECT min(as_of) AS first_pass, max(as_of) AS newest_pass FROM run WHERE finished_at IS NOT NULL AND as_of <= $as_of;
