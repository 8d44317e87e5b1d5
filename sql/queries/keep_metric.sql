INSERT INTO metric BY NAME FROM staged;
