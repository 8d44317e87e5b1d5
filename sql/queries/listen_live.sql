-- The incidents that people have been told of and that go on.
SELECT i.*
FROM incidents AS i
WHERE i.state IN ('open', 'acknowledged')
ORDER BY i.number;
