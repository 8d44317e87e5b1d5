SELECT coalesce(max(trouble), 0) AS troubles FROM receiver_trouble;
