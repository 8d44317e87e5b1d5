-- The outbox: what was told, what is to be told, and what was withheld and why.
CREATE OR REPLACE VIEW notifications AS
SELECT
  n.sequence,
  n.notification,
  n.receiver,
  n.channel,
  n.message_group,
  CASE WHEN n.episode > 0 THEN n.episode END AS incident,
  n.delivery,
  n.reason,
  n.payload ->> '$.text' AS text,
  n.state,
  n.state_reason,
  n.attempts,
  n.created_at,
  n.not_before,
  n.attempted_at,
  n.settled_at,
  n.slack_channel,
  n.slack_ts,
  n.run_id,
  n.transport,
  n.lost_at,
  n.about
FROM notification AS n;

COMMENT ON VIEW notifications IS 'The outbox, one row a message, edit or reply, those that were withheld too.';
COMMENT ON COLUMN notifications.sequence IS 'The order in which they must be sent.';
COMMENT ON COLUMN notifications.notification IS 'Id of the row; it travels in the message''s metadata.';
COMMENT ON COLUMN notifications.receiver IS 'Who is told, by the name in the catalogue.';
COMMENT ON COLUMN notifications.channel IS 'What it goes to: a Slack channel, addresses of e-mail, or the connection of a webhook.';
COMMENT ON COLUMN notifications.message_group IS 'What one message stands for: behind/TARGET, late/SOURCE and so on.';
COMMENT ON COLUMN notifications.incident IS 'Number of the incident that the message stands for; NULL where it stands for none.';
COMMENT ON COLUMN notifications.delivery IS 'post: a new message. update: an edit in place. reply: into its thread.';
COMMENT ON COLUMN notifications.reason IS 'Why it is told: opened, changed, worse, better, restated, resolved, ended or superseded.';
COMMENT ON COLUMN notifications.text IS 'The message in plain text.';
COMMENT ON COLUMN notifications.state IS 'pending, sent, merged into a newer row, suppressed or failed.';
COMMENT ON COLUMN notifications.state_reason IS 'Why it was withheld, failed, merged or has to wait.';
COMMENT ON COLUMN notifications.attempts IS 'How many requests were begun for it.';
COMMENT ON COLUMN notifications.created_at IS 'When it was decided.';
COMMENT ON COLUMN notifications.not_before IS 'It is not tried again before this moment.';
COMMENT ON COLUMN notifications.attempted_at IS 'When the newest request was begun.';
COMMENT ON COLUMN notifications.settled_at IS 'When it was sent, merged or given up.';
COMMENT ON COLUMN notifications.slack_channel IS 'The channel''s id in Slack; of e-mail the addresses.';
COMMENT ON COLUMN notifications.slack_ts IS 'The message''s id in that channel; of e-mail its Message-ID.';
COMMENT ON COLUMN notifications.run_id IS 'The pass that decided it.';
COMMENT ON COLUMN notifications.transport IS 'slack, email or webhook.';
COMMENT ON COLUMN notifications.lost_at IS 'When its message was found gone; it was then posted anew.';
COMMENT ON COLUMN notifications.about IS 'Numbers of all incidents that it tells of, or would have; NULL in a row older than this column.';
