DELETE FROM schema_objects;
