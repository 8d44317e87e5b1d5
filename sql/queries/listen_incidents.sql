-- The incidents that go on about what the incident $number is about, and that one itself though it be over.
SELECT i.*
FROM incidents AS i
JOIN incidents AS asked ON asked.number = $number AND i.kind = asked.kind AND i.subject = asked.subject
WHERE i.is_live OR i.number = $number
ORDER BY i.number;
