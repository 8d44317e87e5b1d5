DELETE FROM reports_due;
