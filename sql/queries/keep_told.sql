-- Writes of which incidents receivers hear, and what of them waits.
MERGE INTO told AS held
USING staged AS now
ON held.receiver = now.receiver AND held.message_group = now.message_group AND held.number = now.number
WHEN MATCHED THEN UPDATE SET
  held_since = now.held_since,
  held_because = now.held_because,
  worse_since = now.worse_since
WHEN NOT MATCHED THEN INSERT BY NAME;
