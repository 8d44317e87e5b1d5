INSERT INTO org_unit_successor BY NAME FROM staged;
