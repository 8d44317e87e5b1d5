-- Whether no row waits to be sent and no receiver is known to be out of reach.
SELECT
  NOT EXISTS (FROM notification WHERE state = 'pending')
  AND NOT EXISTS (FROM receiver_trouble WHERE ended_at IS NULL) AS is_so;
