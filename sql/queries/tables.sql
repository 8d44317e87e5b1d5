SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name;
