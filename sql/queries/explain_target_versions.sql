-- Every version of a target, the newest first: what it asks for, when it was in force, and the document that says so.
SELECT
  target_version, effective_from, effective_to, comparison, value, value_to, due, path, trajectory, assumed,
  warning_margin, reference_title, reference_publisher, reference_published
FROM target_version
WHERE target = $target
ORDER BY effective_from DESC, recorded_at DESC;
