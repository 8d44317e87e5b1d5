-- Receivers that could not be reached until a person did something.
CREATE OR REPLACE VIEW receiver_troubles AS
SELECT
  t.trouble,
  t.receiver,
  t.transport,
  t.channel,
  t.since,
  t.says,
  t.told_to,
  t.ended_at,
  (SELECT count(*) FROM notification AS n WHERE n.state = 'pending' AND n.receiver = t.receiver) AS waiting
FROM receiver_trouble AS t;

COMMENT ON VIEW receiver_troubles IS 'Receivers that messages could not be sent to until a person did something.';
COMMENT ON COLUMN receiver_troubles.trouble IS 'Its number, counted from 1.';
COMMENT ON COLUMN receiver_troubles.receiver IS 'Who could not be told, by the name in the catalogue.';
COMMENT ON COLUMN receiver_troubles.transport IS 'slack, email or webhook.';
COMMENT ON COLUMN receiver_troubles.channel IS 'Where its messages were to go.';
COMMENT ON COLUMN receiver_troubles.since IS 'When it was found.';
COMMENT ON COLUMN receiver_troubles.says IS 'What is wrong and what to do, in Vietnamese and in English.';
COMMENT ON COLUMN receiver_troubles.told_to IS 'The receiver that was told in its place; NULL where none could be.';
COMMENT ON COLUMN receiver_troubles.ended_at IS 'When it was reached again; NULL while it is not.';
COMMENT ON COLUMN receiver_troubles.waiting IS 'How many messages wait for it now.';
