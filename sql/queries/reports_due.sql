-- The counts that the newest pass found.
FROM reports_due;
