-- Forgets what no longer is so of the pairs of incidents and silences.
DELETE FROM muted
WHERE NOT EXISTS (FROM staged WHERE staged.number = muted.number AND staged.silence = muted.silence);
