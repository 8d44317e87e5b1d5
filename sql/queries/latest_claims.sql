FROM claim
QUALIFY row_number() OVER (PARTITION BY claim ORDER BY recorded_at DESC, rowid DESC) = 1
ORDER BY claim;
