INSERT INTO reference BY NAME FROM staged;
