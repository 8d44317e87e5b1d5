-- Of which incidents a row of the outbox tells, or would have told. One message may stand for several, and a group is not
-- called after what it is about where routes group otherwise. NULL: the row was written before this was kept.
ALTER TABLE notification ADD COLUMN about BIGINT[];
