-- The incidents that are over, and of which somebody is still to be told.
FROM incident
WHERE state NOT IN ('pending', 'open', 'acknowledged') AND number IN (SELECT number FROM told WHERE held_since IS NOT NULL)
ORDER BY number;
