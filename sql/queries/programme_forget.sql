DELETE FROM programme;
DELETE FROM org_unit;
DELETE FROM org_unit_successor;
DELETE FROM metric;
DELETE FROM source;
DELETE FROM owner;
DELETE FROM level;
DELETE FROM reference;
