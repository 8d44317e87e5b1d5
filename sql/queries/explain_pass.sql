-- The newest pass that was finished at $until.
SELECT max(as_of) AS as_of FROM run WHERE finished_at IS NOT NULL AND as_of <= $until;
