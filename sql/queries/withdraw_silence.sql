-- Ends a silence before its time, if nobody has.
UPDATE silence
SET withdrawn_at = CAST($withdrawn_at AS TIMESTAMPTZ), withdrawn_by = $withdrawn_by
WHERE silence = $silence AND withdrawn_at IS NULL;
