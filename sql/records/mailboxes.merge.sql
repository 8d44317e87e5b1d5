-- Closes the versions that `staged` changes, then adds what is new. What is delivered again unchanged stays as it is.
MERGE INTO mailboxes AS held
USING staged AS fresh
ON held.record_id = fresh.record_id AND held.known_to IS NULL
WHEN MATCHED AND (
  held.org_unit IS DISTINCT FROM fresh.org_unit
  OR held.org_unit_valid_from IS DISTINCT FROM fresh.org_unit_valid_from
  OR held.tier IS DISTINCT FROM fresh.tier
  OR held.as_of IS DISTINCT FROM fresh.as_of
  OR held.mailbox IS DISTINCT FROM fresh.mailbox
  OR held.withdrawn IS DISTINCT FROM fresh.withdrawn
) THEN UPDATE SET known_to = fresh.known_from;

INSERT INTO mailboxes
SELECT
  fresh.record_id,
  fresh.org_unit,
  fresh.org_unit_valid_from,
  fresh.tier,
  fresh.as_of,
  fresh.mailbox,
  fresh.withdrawn,
  fresh.batch_id,
  fresh.known_from,
  CAST(NULL AS TIMESTAMPTZ) AS known_to
FROM staged AS fresh
WHERE NOT EXISTS (SELECT 1 FROM mailboxes AS held WHERE held.record_id = fresh.record_id AND held.known_to IS NULL);
