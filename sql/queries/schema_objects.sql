SELECT checksum FROM schema_objects;
