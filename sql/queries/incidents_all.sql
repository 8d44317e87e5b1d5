SELECT * FROM incident ORDER BY number;
