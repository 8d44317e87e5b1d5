INSERT INTO org_unit BY NAME FROM staged;
