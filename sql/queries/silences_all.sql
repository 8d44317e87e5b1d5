SELECT * FROM silence ORDER BY created_at, silence;
