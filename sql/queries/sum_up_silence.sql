-- Says that what happened while a silence lasted has been told.
UPDATE silence
SET summed_up_at = CAST($summed_up_at AS TIMESTAMPTZ)
WHERE silence = $silence AND summed_up_at IS NULL;
