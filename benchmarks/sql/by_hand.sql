-- What the measurement and the roll-up do together, written by hand as the one fastest statement found: every metric, by
-- month, for each body, its district and the city. First one row a body and month, then GROUPING SETS over those rows.
WITH body AS (
  SELECT
    tier,
    org_unit,
    org_unit_valid_from,
    date_trunc('month', received_on) AS received_in,
    date_trunc('month', due_on) AS due_in,
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
  FROM procedures
  WHERE known_from <= $known_at AND (known_to IS NULL OR known_to > $known_at)
  GROUP BY ALL
)
SELECT
  body.tier,
  body.org_unit,
  body.org_unit_valid_from,
  unit.district,
  received_in,
  due_in,
  sum(received) AS received,
  sum(online) AS online,
  sum(verified) AS verified,
  sum(verified_or_not) AS verified_or_not,
  sum(paid) AS paid,
  sum(paid_or_not) AS paid_or_not,
  sum(signed) AS signed,
  sum(signed_or_not) AS signed_or_not,
  sum(without_coming) AS without_coming,
  sum(came_or_not) AS came_or_not,
  sum(on_time) AS on_time,
  sum(answered_for) AS answered_for
FROM body
JOIN unit ON unit.org_unit = body.org_unit AND unit.org_unit_valid_from = body.org_unit_valid_from
GROUP BY GROUPING SETS (
  (received_in, body.tier, body.org_unit, body.org_unit_valid_from),
  (received_in, body.tier, unit.district),
  (received_in, body.tier),
  (due_in, body.tier, body.org_unit, body.org_unit_valid_from),
  (due_in, body.tier, unit.district),
  (due_in, body.tier)
)
