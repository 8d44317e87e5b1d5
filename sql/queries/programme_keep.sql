INSERT INTO programme BY NAME FROM staged;
