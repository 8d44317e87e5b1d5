-- The messages that are out, or about to be, about the incidents $numbers: what a reply would stand under; and whether
-- they tell of something besides, being of a route that groups otherwise. A snapshot or a row that does not say what a
-- message is about is of an older release: it is about the incident it stands for.
WITH outbox AS (FROM notifications UNION ALL BY NAME SELECT NULL::BIGINT[] AS about WHERE false),
standing AS (
  SELECT receiver, channel, message_group, incident, coalesce(about, [incident]) AS told
  FROM outbox
  WHERE delivery <> 'reply' AND state IN ('sent', 'pending') AND incident IS NOT NULL
),
asked AS (SELECT DISTINCT kind, subject FROM incidents WHERE list_contains($numbers, number)),
each AS (SELECT receiver, channel, message_group, incident, unnest(told) AS number FROM standing)
SELECT
  e.receiver,
  e.channel,
  e.message_group,
  e.incident,
  bool_or((i.kind, i.subject) NOT IN (FROM asked)) AS tells_of_others
FROM each AS e
JOIN incidents AS i USING (number)
GROUP BY ALL
HAVING bool_or(list_contains($numbers, e.number))
ORDER BY e.receiver, e.message_group, e.incident;
