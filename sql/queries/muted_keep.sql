INSERT INTO muted BY NAME
FROM staged ANTI JOIN muted USING (number, silence);
