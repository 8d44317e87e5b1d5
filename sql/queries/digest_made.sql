-- The digests that were made, whatever became of them.
SELECT receiver, message_group, state FROM notification WHERE starts_with(message_group, 'digest/') ORDER BY sequence;
