-- The programme of a snapshot, and the moment of the newest pass.
SELECT p.name_vi, p.name_en, p.time_zone, p.root_unit, (SELECT max(as_of) FROM runs) AS as_of
FROM programme AS p;
