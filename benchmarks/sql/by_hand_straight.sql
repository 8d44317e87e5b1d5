-- The same written straight down: GROUPING SETS over the dossiers themselves.
SELECT
  dossier.tier,
  dossier.org_unit,
  dossier.org_unit_valid_from,
  unit.district,
  received_in,
  due_in,
  count(*) AS received,
  count(*) FILTER (WHERE channel = 'online') AS online,
  count(*) FILTER (WHERE identity_verified) AS verified,
  count(identity_verified) AS verified_or_not,
  count(*) FILTER (WHERE paid_online) AS paid,
  count(paid_online) AS paid_or_not,
  count(*) FILTER (WHERE digitally_signed) AS signed,
  count(digitally_signed) AS signed_or_not,
  count(*) FILTER (WHERE channel = 'online' AND NOT came_in_person) AS without_coming,
  count(came_in_person) FILTER (WHERE channel = 'online') AS came_or_not,
  count(*) FILTER (WHERE finished_on <= due_on) AS on_time,
  count(*) FILTER (WHERE finished_on IS NOT NULL OR due_on < CAST($known_at AS DATE)) AS answered_for
FROM (
  SELECT *, date_trunc('month', received_on) AS received_in, date_trunc('month', due_on) AS due_in
  FROM procedures
  WHERE known_from <= $known_at AND (known_to IS NULL OR known_to > $known_at)
) AS dossier
JOIN unit ON unit.org_unit = dossier.org_unit AND unit.org_unit_valid_from = dossier.org_unit_valid_from
GROUP BY GROUPING SETS (
  (received_in, dossier.tier, dossier.org_unit, dossier.org_unit_valid_from),
  (received_in, dossier.tier, unit.district),
  (received_in, dossier.tier),
  (due_in, dossier.tier, dossier.org_unit, dossier.org_unit_valid_from),
  (due_in, dossier.tier, unit.district),
  (due_in, dossier.tier)
)
