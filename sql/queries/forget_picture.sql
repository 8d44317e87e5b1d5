DELETE FROM picture WHERE file = $file;
