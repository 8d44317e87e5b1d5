-- What each unit reported of itself for each period beside its records, as it was found last.
FROM discrepancy
QUALIFY row_number() OVER (
  PARTITION BY metric, tier, org_unit, org_unit_valid_from, period_start, period_end
  ORDER BY recorded_at DESC, rowid DESC
) = 1
ORDER BY metric, tier, org_unit, org_unit_valid_from, period_start;
