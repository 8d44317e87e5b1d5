-- The calls behind the share answered in time: those of the period that were answered, or given up after the promised time, as known at $known_at.
SELECT
  record_id,
  called_at,
  queue,
  answered,
  waited_seconds,
  promised_seconds,
  (answered AND waited_seconds <= promised_seconds) AS in_numerator,
  batch_id
FROM hotline_1022
WHERE org_unit = $org_unit
  AND org_unit_valid_from = $org_unit_valid_from
  AND tier = $tier
  AND called_on BETWEEN $first_day AND $last_day
  AND (answered OR waited_seconds > promised_seconds)
  AND known_from <= $known_at
  AND (known_to IS NULL OR known_to > $known_at)
ORDER BY in_numerator DESC, called_at, record_id
