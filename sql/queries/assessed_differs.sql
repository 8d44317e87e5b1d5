-- Whether the targets and org_units in `staged` are other ones than the newest pass assessed.
SELECT EXISTS (
  (SELECT target, org_unit, org_unit_valid_from FROM staged EXCEPT ALL FROM assessed)
  UNION ALL
  (FROM assessed EXCEPT ALL SELECT target, org_unit, org_unit_valid_from FROM staged)
) AS differs;
