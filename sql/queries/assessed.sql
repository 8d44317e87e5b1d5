-- The targets and org_units that the newest pass assessed.
FROM assessed;
