UPDATE run
SET finished_at = $finished_at, observations = $observations, assessments = $assessments, events = $events,
  notifications = $notifications
WHERE run_id = $run_id;
