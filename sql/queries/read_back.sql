-- Reads every column of a table.
SELECT bit_xor(hash(COLUMNS(*))) FROM query_table($relation);
