INSERT INTO source BY NAME FROM staged;
