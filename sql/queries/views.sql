SELECT view_name AS name FROM duckdb_views() WHERE NOT internal ORDER BY view_name;
