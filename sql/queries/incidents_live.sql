SELECT * FROM incident WHERE state IN ('pending', 'open', 'acknowledged') ORDER BY number;
