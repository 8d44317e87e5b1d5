FROM receiver_trouble WHERE ended_at IS NULL ORDER BY trouble;
