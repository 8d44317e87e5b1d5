-- For a large batch: what does not fit is spilled, and the rows may be written in any order, so that few wait in memory.
SET memory_limit = '400MB';
SET preserve_insertion_order = false;
