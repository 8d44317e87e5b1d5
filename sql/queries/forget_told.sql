-- Forgets incidents of which receivers have been told the end.
DELETE FROM told
USING staged AS gone
WHERE told.receiver = gone.receiver AND told.message_group = gone.message_group AND told.number = gone.number;
