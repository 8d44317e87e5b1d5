-- Every system that is asked, as it answered the last time.
CREATE OR REPLACE VIEW systems AS
SELECT source, state, says, first_at AS since, last_at AS asked_at
FROM asked
QUALIFY row_number() OVER (PARTITION BY source ORDER BY first_at DESC, last_at DESC) = 1;

COMMENT ON VIEW systems IS 'Every system that is asked for its data, one row each, as it answered the last time.';
COMMENT ON COLUMN systems.source IS 'The source whose system it is.';
COMMENT ON COLUMN systems.state IS 'answered, not_connected (nobody has said where it is), unreachable (it did not answer) or failed (it is no use to ask again).';
COMMENT ON COLUMN systems.says IS 'What is wrong, and which command comes next.';
COMMENT ON COLUMN systems.since IS 'Since when it has come to the same.';
COMMENT ON COLUMN systems.asked_at IS 'When it was asked last.';
