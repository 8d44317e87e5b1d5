-- Adds a silence, unless it is there already.
INSERT INTO silence BY NAME
SELECT * FROM staged ANTI JOIN silence USING (silence);
