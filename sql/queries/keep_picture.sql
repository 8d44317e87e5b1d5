INSERT INTO picture BY NAME SELECT $chart AS chart, $file AS file, $uploaded_at AS uploaded_at;
