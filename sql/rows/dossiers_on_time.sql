-- The dossiers behind the share on time: those due in the period that are finished, or open past their day, as known at
-- $known_at. An open one counts as late from the day after it was due.
SELECT record_id, due_on, finished_on, coalesce(finished_on <= due_on, false) AS in_numerator, batch_id
FROM procedures
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND due_on BETWEEN $first_day AND $last_day
  AND (
    finished_on IS NOT NULL
    OR due_on < CAST(timezone('Asia/Ho_Chi_Minh', CAST($known_at AS TIMESTAMPTZ)) AS DATE)
  )
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY in_numerator DESC, due_on, record_id
