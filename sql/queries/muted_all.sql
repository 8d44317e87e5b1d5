SELECT number, silence FROM muted ORDER BY number, silence;
