-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO public_service_portal AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.procedure IS DISTINCT FROM fresh.procedure
  OR held.month IS DISTINCT FROM fresh.month
  OR held.eligible IS DISTINCT FROM fresh.eligible
  OR held.service_level IS DISTINCT FROM fresh.service_level
  OR held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO public_service_portal
SELECT
  fresh.record_id,
  fresh.procedure,
  fresh.month,
  fresh.eligible,
  fresh.service_level,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (
  SELECT 1 FROM public_service_portal AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL
);
