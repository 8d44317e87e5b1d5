-- The documents that figures are taken from.
SELECT reference, title, publisher, published FROM reference ORDER BY reference;
