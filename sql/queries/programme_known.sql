SELECT checksum FROM programme;
