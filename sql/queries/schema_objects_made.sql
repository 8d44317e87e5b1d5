INSERT INTO schema_objects (checksum) VALUES ($checksum);
