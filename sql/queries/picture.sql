SELECT file FROM picture WHERE chart = $chart ORDER BY uploaded_at DESC LIMIT 1;
