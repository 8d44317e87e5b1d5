-- The messages that are out, or about to be, about the incidents $numbers: what a reply would stand under.
SELECT DISTINCT n.receiver, n.channel, n.message_group, n.incident
FROM notifications AS n
WHERE list_contains($numbers, n.incident) AND n.delivery <> 'reply' AND n.state IN ('sent', 'pending')
ORDER BY n.receiver, n.message_group, n.incident;
